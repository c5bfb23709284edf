"""How an input becomes stored reports: a page, a file, or a feed with the pages it links to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index import feeds, sources
from index.errors import InputError, UnreachableError
from index.fetch import Wish
from index.model import IngestResult, IngestStatus
from index.parse.feed import is_feed, read_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from index.catalogue import Catalogue
    from index.feeds import Feed, FeedEntry
    from index.fetch import Fetched, Fetcher
    from index.model import Document, ParsedReport
    from index.ports import Clock
    from index.robots import Manners

_STATUS_ORDER: Final = (
    IngestStatus.ADDED,
    IngestStatus.UPDATED,
    IngestStatus.UNCHANGED,
    IngestStatus.DUPLICATE,
)


class Intake:
    """Reads inputs and stores the reports they hold; what became of each is noted."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        fetcher: Fetcher,
        manners: Manners,
        read: Callable[[Document], list[ParsedReport]],
        most_bytes: int,
        clock: Clock,
    ) -> None:
        self._catalogue = catalogue
        self._fetcher = fetcher
        self._manners = manners
        self._read = read
        self._most_bytes = most_bytes
        self._clock = clock

    def take(self, name: str) -> Iterator[IngestResult]:
        """Read one input; of a feed, each entry that failed has a result of its own."""
        try:
            document = sources.read(name, fetcher=self._fetcher, most_bytes=self._most_bytes)
        except InputError as error:
            yield self._noted(_failed(name, error))
        else:
            yield from self._documented(document, name, sources.source_of(name))

    def take_document(self, document: Document, source: str) -> Iterator[IngestResult]:
        """Read bytes that came another way, as ``take`` reads an input; ``source`` names it."""
        name = document.name
        if len(document.content) > self._most_bytes:
            limit = f"larger than {self._most_bytes:,} bytes, the limit set by sources.most_bytes"
            yield self._noted(_failed(name, InputError(f"{sources.shown(name)}: {limit}")))
        else:
            yield from self._documented(document, name, source)

    def _documented(self, document: Document, name: str, source: str) -> Iterator[IngestResult]:
        try:
            feed = read_feed(document) if is_feed(document) else None
            stored = [] if feed else self._stored(self._read(document), source)
        except InputError as error:
            yield self._noted(_failed(name, error))
            return
        if feed is None:
            yield self._noted(_result(name, stored))
        else:
            yield from self._feed(name, feed)

    def ask(self, url: str, wish: Wish) -> Fetched:
        """Ask for an address as its server would have it asked for.

        Raises:
            InputError: it is refused, here or by its robots.txt; UnreachableError: no answer.
            StoppedError: the program is stopping.
        """
        return self._fetcher.ask(url, replace(wish, before=self._manners.before))

    def take_entry(self, one: FeedEntry, feed: Feed) -> tuple[IngestResult, bool]:
        """Read what a feed's entry links to, else the text that the feed holds of it.

        Returns:
            What became of it, and whether a failed one is worth another try.

        Raises:
            StoppedError: the program is stopping; nothing became of it.
        """
        name = one.url or f"{feed.address}#{one.title or one.key[:8]}"
        try:
            result = _result(name, self._stored(self._entry(one, name, feed), name))
        except InputError as error:
            return self._noted(_failed(name, error)), isinstance(error, UnreachableError)
        return self._noted(result), False

    def _feed(self, name: str, feed: Feed) -> Iterator[IngestResult]:
        results = [self.take_entry(one, feed)[0] for one in feed.entries]
        good = [one for one in results if not one.error]
        if results and not good:
            error = f"{sources.shown(name)}: none of the feed's {len(results)} entries can be read"
            yield self._noted(_failed(name, InputError(f"{error}; the first: {results[0].error}")))
        else:
            read = ((one.status, id_) for one in good for id_ in one.reports)
            yield self._noted(_result(name, read))
        yield from (one for one in results if one.error)

    def _entry(self, one: FeedEntry, name: str, feed: Feed) -> list[ParsedReport]:
        try:
            if one.url is None:
                found = self._read(feeds.page_of(one, name=name))
            else:
                found = self._read(self._fetcher.fetch(one.url, Wish(before=self._manners.before)))
        except InputError:
            if one.url is None or not one.is_full:
                raise
            found = self._read(feeds.page_of(one, name=name))
        if len(found) > 1:  # a page of several reports says itself what each is
            return found
        return [feeds.completed(report, one, feed) for report in found]

    def _stored(
        self, reports: Iterable[ParsedReport], source: str
    ) -> list[tuple[IngestStatus, str]]:
        now = self._clock.now()
        return [self._catalogue.store(one, source=source, arrived=now) for one in reports]

    def _noted(self, result: IngestResult) -> IngestResult:
        self._catalogue.note_input(result, at=self._clock.now())
        return result


def _failed(name: str, error: InputError) -> IngestResult:
    return IngestResult(
        input=sources.shown(name), status=IngestStatus.FAILED, error=sources.shown(str(error))
    )


def _result(name: str, stored: Iterable[tuple[IngestStatus, str]]) -> IngestResult:
    """Sum up an input by what it changed most; an empty feed changes nothing."""
    stored = list(stored)
    statuses = {status for status, _ in stored}
    return IngestResult(
        input=sources.shown(name),
        status=next((one for one in _STATUS_ORDER if one in statuses), IngestStatus.UNCHANGED),
        reports=tuple(dict.fromkeys(id_ for _, id_ in stored)),
    )
