"""Feeds that are polled, in SQL, with what was seen in them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from index.model import SourceHealth
from index.polling import SeenEntry, WatchedFeed
from index.sql import queue_up, reading, writing
from index.tables import FEED_ENTRIES, FEEDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Engine

_FIELDS: Final = tuple(field.name for field in fields(WatchedFeed))


class FeedStore:
    """The feeds; ``listed`` are those that the settings name.

    One that the settings once named and name no more rests in store, and is not shown.
    """

    def __init__(self, engine: Engine, *, listed: Sequence[str] = ()) -> None:
        self._engine = engine
        self._listed = tuple(dict.fromkeys(listed))

    def feeds(self) -> list[WatchedFeed]:
        """List the feeds, by address."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(FEEDS).order_by(FEEDS.c.address)).mappings()
            stored = [WatchedFeed(**row) for row in rows]
        return [one for one in stored if one.added or one.address in self._listed]

    def find(self, address: str) -> WatchedFeed | None:
        """Return the feed of an address, as it was given or where it is now."""
        feeds = self.feeds()
        exact = (one for one in feeds if one.address == address)
        return next(exact, None) or next((one for one in feeds if one.url == address), None)

    def enter_listed(self, *, now: datetime) -> None:
        """Begin with the feeds that are new in the settings; each is due at once."""
        with writing(self._engine) as connection:
            queue_up(connection)
            known = set(connection.scalars(select(FEEDS.c.address)))
            for address in self._listed:
                if address not in known:
                    connection.execute(insert(FEEDS).values(**_new(address, now, added=False)))

    def add(self, address: str, *, now: datetime) -> bool:
        """Add a feed; tell whether it is a new one."""
        with writing(self._engine) as connection:
            queue_up(connection)
            found = connection.scalar(select(FEEDS.c.added).where(FEEDS.c.address == address))
            if found is None:
                connection.execute(insert(FEEDS).values(**_new(address, now, added=True)))
            else:
                query = update(FEEDS).where(FEEDS.c.address == address)
                connection.execute(query.values(added=True))
        return not found and address not in self._listed

    def remove(self, address: str) -> bool:
        """Forget a feed that a person added; tell whether there was one. Its reports stay."""
        with writing(self._engine) as connection:
            found = connection.execute(
                delete(FEEDS).where(FEEDS.c.address == address, FEEDS.c.added)
            )
            return found.rowcount > 0

    def claim(self, before: WatchedFeed, after: WatchedFeed) -> bool:
        """Take a feed for a poll; False where another process was faster, or it was removed."""
        same = (
            FEEDS.c.next_poll.is_(None)
            if before.next_poll is None
            else FEEDS.c.next_poll == before.next_poll
        )
        query = update(FEEDS).where(FEEDS.c.address == before.address, same)
        with writing(self._engine) as connection:
            found = connection.execute(query.values(next_poll=after.next_poll, tried=after.tried))
            return found.rowcount > 0

    def keep(self, feed: WatchedFeed) -> None:
        """Store how a poll ended, unless the feed was removed meanwhile."""
        values = {name: getattr(feed, name) for name in _FIELDS if name not in {"address", "added"}}
        with writing(self._engine) as connection:
            connection.execute(
                update(FEEDS).where(FEEDS.c.address == feed.address).values(**values)
            )

    def seen(self, feed: str) -> dict[str, SeenEntry]:
        """Return what is remembered of a feed's entries, by their keys."""
        columns = [column for column in FEED_ENTRIES.c if column.name != "feed"]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).where(FEED_ENTRIES.c.feed == feed))
            found = [
                SeenEntry(**{**row, "reports": tuple(row["reports"])}) for row in rows.mappings()
            ]
        return {one.key: one for one in found}

    def remember(self, feed: str, entry: SeenEntry) -> None:
        """Store what became of an entry, unless the feed was removed meanwhile."""
        values: dict[str, Any] = {
            "state": entry.state,
            "failures": entry.failures,
            "next_try": entry.next_try,
            "reports": list(entry.reports),
        }
        at = (FEED_ENTRIES.c.feed == feed, FEED_ENTRIES.c.key == entry.key)
        with writing(self._engine) as connection:
            if connection.scalar(select(FEEDS.c.address).where(FEEDS.c.address == feed)) is None:
                return
            known = connection.execute(update(FEED_ENTRIES).where(*at).values(**values))
            if known.rowcount == 0:
                connection.execute(insert(FEED_ENTRIES).values(feed=feed, key=entry.key, **values))

    def reports(self) -> dict[str, set[str]]:
        """Return the reports that came of each feed, by the feeds' addresses."""
        found: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(select(FEED_ENTRIES.c.feed, FEED_ENTRIES.c.reports)):
                found.setdefault(row.feed, set()).update(row.reports)
        return found

    def health(self) -> list[SourceHealth]:
        """Say of each feed how many reports it gave and how its last poll ended."""
        reports = self.reports()
        return [
            SourceHealth(
                name=feed.url,
                reports=len(reports.get(feed.address, ())),
                last_success=feed.succeeded,
                last_error=feed.error,
            )
            for feed in self.feeds()
        ]


def _new(address: str, now: datetime, *, added: bool) -> dict[str, Any]:
    return {"address": address, "url": address, "added": added, "next_poll": now, "failures": 0}
