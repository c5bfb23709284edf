"""Sentences found in the reports as pages of one message each: day, words, source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

from bot.markup import Html, bold, is_link, join, pack, quotation, utf16_len
from bot.model import Button, Message
from bot.service import cite
from bot.wording import FOLDED_FROM, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.ports import Research
    from bot.render import Links
    from bot.views import Cited
    from bot.wording import Wording
    from index.timeline import Entry
    from index.topic import Sentence

_ENTRIES: Final = 5
_QUOTED: Final = (700, 400, 200, 80)  # characters of a sentence; fewer where not all would fit

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Page ``number`` of ``count``; both from 1."""

    number: int
    count: int


def page_of(items: Sequence[Item], number: int) -> tuple[Sequence[Item], Page]:
    """Return a page's items; a number beyond the last page means the last."""
    count = max(1, -(-len(items) // _ENTRIES))
    number = min(max(number, 1), count)
    first = (number - 1) * _ENTRIES
    return items[first : first + _ENTRIES], Page(number=number, count=count)


class ResearchRenderer:
    """Renders pages; sources link to the stored report where ``links`` leads to it."""

    def __init__(self, research: Research, wording: Wording, links: Links | None = None) -> None:
        self._research = research
        self._wording = wording
        self._texts = wording.texts
        self._links = links

    def timeline(self, head: Sequence[Html], entries: Sequence[Entry]) -> Html:
        """Return the text of a page of a timeline."""
        return self._text(head, [(self._day(one), self._cited(one.sentence)) for one in entries])

    def said(self, head: Sequence[Html], sentences: Sequence[Sentence]) -> Html:
        """Return the text of a page of what somebody said."""
        cited = [self._cited(one) for one in sentences]
        return self._text(head, [(self._wording.speakers(one), one) for one in cited])

    def quoted(self, head: Sequence[Html], found: Sequence[tuple[Html, Sentence]]) -> Html:
        """Return sentences each under a line of its own."""
        return self._text(head, [(line, self._cited(one)) for line, one in found])

    def turning(self, action: str, lookup_id: str, page: Page) -> tuple[Button, ...]:
        """Return the buttons that lead to other pages."""
        last, at = page.count, page.number
        targets = (("first", 1), ("back", at - 1), ("on", at + 1), ("last", last))
        shown = [
            (key, to)
            for key, to in targets
            if 1 <= to <= last and to != at and not (key in {"first", "last"} and abs(to - at) == 1)
        ]
        return tuple(
            Button(label=self._texts.plain(f"research.{key}"), data=f"{action}:{lookup_id}:{to}")
            for key, to in shown
        )

    def _day(self, entry: Entry) -> Html:
        day = bold(self._texts.days(entry.first, entry.last))
        if not entry.named:
            day = self._texts("timeline.reported", day=day)
        times = self._texts.count("times", entry.copies)
        again = self._texts("timeline.again", times=times) if entry.copies else ""
        return join([day, again], " · ")

    def _cited(self, sentence: Sentence) -> Cited:
        """Cite a sentence that is what stands in its report, letter by letter."""
        report = self._research.report(sentence.report_id, sentence.revision)
        cited = cite(self._research.quote(sentence), report)
        url = self._links.quote(cited.quote) if self._links else ""
        return replace(cited, quote=replace(cited.quote, url=url)) if is_link(url) else cited

    def _text(self, head: Sequence[Html], found: Sequence[tuple[Html, Cited]]) -> Html:
        """Fit everything into one message: long sentences are cut, with a mark, where need be.

        Addresses so long that all of them don't fit are left out.
        """
        for limit in _QUOTED:
            blocks = [self._block(line, cited, limit) for line, cited in found]
            packed = pack([join(head, "\n"), *blocks])
            if len(packed) == 1:
                break
            if limit == _QUOTED[-2]:
                found = [(line, _unlinked(cited)) for line, cited in found]
        return packed[0]

    def _block(self, line: Html, cited: Cited, limit: int) -> Html:
        text = cited.quote.text
        shown = (
            shortened(text, limit, self._texts.plain("answer.cut")) if len(text) > limit else text
        )
        block = quotation(shown, expandable=utf16_len(shown) > FOLDED_FROM)
        return join([line, block, self._wording.source_line(cited)], "\n")


def _unlinked(cited: Cited) -> Cited:
    return replace(cited, quote=replace(cited.quote, url=None))


def message(html: Html, *rows: Sequence[Button]) -> Message:
    """Return a message with its rows of buttons, those without any left out."""
    return Message(html=html, keyboard=tuple(tuple(row) for row in rows if row))
