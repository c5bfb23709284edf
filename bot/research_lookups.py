"""Lookups that can be turned to another page, also after a restart, in the chat they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from bot.dialogue import Reply, Request
from bot.markup import clean
from bot.research_store import Lookup

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from bot.texts import Texts
    from index.ports import Clock

_TEXT: Final = 300  # characters; a topic or a name has fewer


class Store(Protocol):
    """Where lookups are kept; it survives a restart."""

    def save(self, *made: Lookup) -> None:
        """Store what was looked up."""
        ...

    def lookup(self, lookup_id: str) -> Lookup | None:
        """Return the lookup of that id."""
        ...


class Lookups:
    """Begins lookups and finds them again for their buttons.

    Args:
        zone: the zone whose calendar says which day "today" is.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        zone: tzinfo,
        new_id: Callable[[], str],
        texts: Texts,
    ) -> None:
        self._store = store
        self._clock = clock
        self._zone = zone
        self._new_id = new_id
        self._texts = texts

    def begin(self, request: Request, text: str, about: str = "") -> Lookup:
        """Make a lookup of today; it is not stored yet."""
        now = self._clock.now()
        return Lookup(
            id=self._new_id(),
            chat=request.asker.place.chat_id,
            person=request.asker.person,
            text=one_line(text),
            about=one_line(about),
            asked_on=now.astimezone(self._zone).date(),
            made_at=now,
        )

    def keep(self, *lookups: Lookup) -> None:
        """Store lookups, so that their buttons find them."""
        self._store.save(*lookups)

    def found(self, request: Request) -> tuple[Lookup, int] | Reply:
        """Read a button's ``id:page``: the lookup and the page, or what to say instead."""
        lookup_id, _, page = request.text.partition(":")
        lookup = self._store.lookup(lookup_id)
        if lookup is None or not (page.isascii() and page.isdigit()):
            return Reply(toast=self._texts.plain("research.gone"))
        if lookup.chat != request.asker.place.chat_id:
            return Reply(toast=self._texts.plain("research.elsewhere"))
        return lookup, int(page)


def one_line(text: str) -> str:
    """Return typed text on one line, no longer than a topic may be."""
    return " ".join(clean(text).split())[:_TEXT]
