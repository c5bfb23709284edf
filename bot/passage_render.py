"""What is behind an edition's buttons: a passage with its endnotes, or a report's takeaways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import Html, bold, italic, join, pack, quotation
from bot.model import Message
from bot.service import QuoteMismatchError, cite
from bot.wording import FOLDED_FROM
from index.errors import NotFoundError
from index.model import Quote, Span

if TYPE_CHECKING:
    from bot.digest_render import DigestRenderer
    from bot.editions import Edition, Entry
    from bot.ports import Reports
    from bot.wording import Wording
    from index.model import Report

_LONGEST_NUMBER = 4


class PassageRenderer:
    """Renders what an edition's buttons open."""

    def __init__(self, wording: Wording, editions: DigestRenderer) -> None:
        self._wording = wording
        self._words = wording.texts
        self._editions = editions

    def behind(self, edition: Edition, what: str, reports: Reports) -> tuple[Message, ...]:
        """Return the messages behind a button, none where the edition has nothing of that name.

        Args:
            edition: the edition the button was under.
            what: ``3`` for a takeaway, ``r3`` for a report, ``c3`` for a correction.
            reports: where passages are read.
        """
        kind, digits = (what[:1], what[1:]) if what[:1] in {"r", "c"} else ("", what)
        if not (digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER):
            return ()
        number = int(digits)
        if kind == "r":
            return self._editions.report(edition, number)
        if kind == "c":
            return self._editions.correction(edition, number)
        found = edition.entry(number)
        if found is None:
            return ()
        part, entry = found
        try:
            report = reports.report(part.id, part.revision)
            blocks = self._passage(number, entry, report)
        except (NotFoundError, QuoteMismatchError):
            blocks = [self._words("passage.gone")]
        return tuple(Message(html=html) for html in pack(blocks))

    def _passage(self, number: int, entry: Entry, report: Report) -> list[Html]:
        item, words, wording = entry.item, self._words, self._wording
        heading = bold(words("passage.heading", n=number))
        blocks = [join([heading, quotation(item.text)], "\n")]
        span = item.passage or Span(start=item.start, end=item.end)
        cited = cite(_quote(report, span, entry), report)
        if item.passage is None:
            blocks += [words("passage.unsupported"), wording.citation(cited)]
        else:
            key = "passage.verbatim" if item.support == "verbatim" else "passage.supporting"
            passage = quotation(cited.quote.text, expandable=len(cited.quote.text) > FOLDED_FROM)
            blocks += [join([italic(words(key)), passage], "\n"), wording.citation(cited)]
        key = "passage.notes" if item.passage else "passage.notes_of_takeaway"
        first, *others = wording.notes(cited)
        return [*blocks, join([bold(words(key)), first], "\n"), *others]


def _quote(report: Report, span: Span, entry: Entry) -> Quote:
    return Quote(
        start=span.start,
        end=span.end,
        text=span.of(report.text),
        report_id=report.id,
        revision=report.revision,
        publisher=report.publisher,
        title=report.title,
        published=report.published,
        url=report.url,
        score=0.0,
        footnotes=entry.item.footnotes,
    )
