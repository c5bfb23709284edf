"""/compare: what changed between the takeaways of two days, publisher by publisher, verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.dialogue import Command, Reply, Request
from bot.markup import bold, italic, join, link, pack, quotation
from bot.model import Message
from index.changes import changes
from index.periods import periods

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, tzinfo

    from bot.markup import Html
    from bot.ports import Reports
    from bot.wording import Wording
    from index.model import DigestItem, DigestReport
    from index.ports import Clock

_QUOTED: Final = 100
_TWO: Final = 2


class CompareCommands:
    """A handler for ``bot.dialogue``; it blocks: run it off the event loop.

    Args:
        zone: the zone whose calendar says which day "yesterday" is.
    """

    def __init__(self, reports: Reports, wording: Wording, clock: Clock, zone: tzinfo) -> None:
        self._reports = reports
        self._wording = wording
        self._texts = wording.texts
        self._clock = clock
        self._zone = zone

    @property
    def commands(self) -> tuple[Command, ...]:
        """The command."""
        about = self._texts.plain("command.compare")
        return (Command(name="compare", about=about, run=self.compare),)

    def compare(self, request: Request) -> Reply:
        """Show what changed between two days, between one and the day before it in store."""
        stored = sorted({one.published for one in self._reports.reports() if one.published})
        if not stored:
            return _said(self._texts("digest.none_stored"))
        named = periods(request.text, self._clock.now().astimezone(self._zone).date())
        # "Since Monday" names two days: that one and the newest.
        ends = {min(one.last, stored[-1]) for one in named if one.last > one.first}
        asked = sorted(ends | {one.first for one in named})
        if len(asked) > _TWO or (request.text and not asked):
            return _said(self._texts("compare.bad_days", text=request.text[:_QUOTED]))
        for day in asked:
            if day not in stored:
                values = {"day": self._texts.day(day), "newest": self._texts.day(stored[-1])}
                return _said(self._texts("compare.none_on_day", **values))
        later = asked[-1] if asked else stored[-1]
        before = asked[:1] if len(asked) == _TWO else [day for day in stored if day < later]
        if not before:
            return _said(self._texts("compare.one_day", day=self._texts.day(later)))
        return self._between(before[-1], later)

    def _between(self, earlier: date, later: date) -> Reply:
        old, new = (self._reports.digest(day).reports for day in (earlier, later))
        publishers = dict.fromkeys(one.publisher for one in (*new, *old))
        days = {"later": self._texts.day(later), "earlier": self._texts.day(earlier)}
        blocks = [bold(self._texts("compare.heading", **days))]
        for publisher in publishers:
            mine = [[one for one in day if one.publisher == publisher] for day in (old, new)]
            if all(mine):
                blocks += self._publisher(*mine)
            else:
                day = self._texts.day(later if mine[0] else earlier)
                name = self._wording.publisher(publisher)
                blocks.append(self._texts("compare.no_report", publisher=name, day=day))
        if len(blocks) == 1:
            blocks.append(self._texts("compare.nothing"))
        return Reply(messages=tuple(Message(html=html) for html in pack(blocks)))

    def _publisher(
        self, old: Sequence[DigestReport], new: Sequence[DigestReport]
    ) -> Iterator[Html]:
        found = changes(_items(old), _items(new))
        if not (found.new or found.figures or found.repeated or found.dropped):
            return
        yield join([self._report(one) for one in (*new, *old)], "\n")
        yield from self._part("new", [[item.text] for item in found.new])
        yield from self._part("figures", [[a.text, b.text] for a, b in found.figures])
        yield from self._part("repeated", [[item.text] for item in found.repeated])
        yield from self._part("dropped", [[item.text] for item in found.dropped])

    def _report(self, report: DigestReport) -> Html:
        return join(
            [
                link(bold(self._wording.title(report.title)), report.url),
                self._texts(
                    "edition.source",
                    publisher=self._wording.publisher(report.publisher),
                    day=self._texts.day(report.published),
                ),
                italic(self._texts("edition.extractive")) if report.kind == "extractive" else "",
            ],
            "\n",
        )

    def _part(self, key: str, groups: list[list[str]]) -> Iterator[Html]:
        """Yield the takeaways of one kind under their heading; two of a kind stand together."""
        for place, group in enumerate(groups):
            heading = [] if place else [italic(self._texts(f"compare.{key}"))]
            yield join([*heading, *map(quotation, group)], "\n")


def _items(reports: Iterable[DigestReport]) -> list[DigestItem]:
    return [item for report in reports for item in report.takeaways]


def _said(html: Html) -> Reply:
    return Reply(messages=(Message(html=html),))
