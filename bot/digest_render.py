"""Editions as Telegram messages, and as plain text.

Takeaways stand verbatim in the publisher's order, numbered through the edition; a number's button
opens what is behind one. Those that repeat the day before are folded.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count, groupby
from typing import TYPE_CHECKING

from bot.markup import (
    MESSAGE_ENTITIES,
    MESSAGE_UNITS,
    Html,
    bold,
    italic,
    join,
    link,
    pack,
    quotation,
    text_of,
)
from bot.model import Button, Message
from bot.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.editions import Correction, Edition, EditionReport, Entry
    from bot.wording import Wording
    from index.model import DigestReport

ACTION = "dg"
MAX_PARTS = 8
_ROOM = 200  # for the line above a copy that may be the second
_IN_A_ROW = 8
_BUTTONS = 96
_SUMMARY_LINES = 40
_SUMMARY_TITLE = 60


@dataclass(frozen=True, slots=True)
class _Block:
    html: Html
    buttons: tuple[Button, ...] = ()


class DigestRenderer:
    """Renders editions.

    Args:
        wording: names of publishers, days, titles, and the catalogue.
        max_parts: an edition of more messages becomes one that lists its reports.
    """

    def __init__(self, wording: Wording, max_parts: int = MAX_PARTS) -> None:
        self._wording = wording
        self._words = wording.texts
        self._max_parts = max_parts

    def edition(self, edition: Edition) -> tuple[Message, ...]:
        """Return the messages of an edition; to catch up takes never more than one."""
        if edition.is_empty:
            return (Message(html=self._words("edition.nothing_new", day=edition.day)),)
        heading = [_Block(self._heading(edition))] if edition.reports or edition.since else []
        messages = _packed([*heading, *self._blocks(edition)])
        limit = 1 if edition.kind == "catching_up" else self._max_parts
        return messages if len(messages) <= limit else (self._summary(edition),)

    def report(self, edition: Edition, number: int) -> tuple[Message, ...]:
        """Return the takeaways of the ``number``-th report alone, or nothing if there is none."""
        for n, (part, numbers) in enumerate(_numbered(edition), 1):
            if n == number:
                return _packed(self._report_blocks(edition, part, numbers))
        return ()

    def correction(self, edition: Edition, number: int) -> tuple[Message, ...]:
        """Return the ``number``-th correction alone, or nothing if there is none."""
        chosen = edition.corrections[number - 1 : number] if number > 0 else ()
        return _packed([_Block(self._correction(each)) for each in chosen])

    def repeated(self, message: Message) -> Message:
        """Return a message with the line that says it may have come before."""
        note = italic(self._words("edition.repeat"))
        return replace(message, html=join([note, Html(message.html)], "\n\n"))

    def _heading(self, edition: Edition) -> Html:
        words = self._words
        reports = words.count("reports", len(edition.reports))
        takeaways = words.count("takeaways", sum(len(part.entries) for part in edition.reports))
        topics = words("edition.topics", topics=", ".join(edition.topics))
        return join(
            [
                bold(self._title(edition)),
                words("edition.counts", reports=reports, takeaways=takeaways)
                if edition.reports
                else "",
                topics if edition.topics else "",
            ],
            "\n",
        )

    def _title(self, edition: Edition) -> Html:
        if edition.since is not None:
            day = self._wording.texts.day(edition.since)
            return self._words("edition.catching_up", day=day)
        return self._words("edition.heading_topics" if edition.topics else "edition.heading")

    def _blocks(self, edition: Edition) -> Iterator[_Block]:
        for correction in edition.corrections:
            yield _Block(self._correction(correction))
        for part, numbers in _numbered(edition):
            yield from self._report_blocks(edition, part, numbers)
        if edition.reports:
            yield _Block(italic(self._words("edition.how")))

    def _report_blocks(
        self, edition: Edition, part: EditionReport, numbers: Sequence[int]
    ) -> list[_Block]:
        """Return the head of a report with its first takeaways, then the others."""
        mixed = len({entry.item.new for entry in part.entries}) > 1
        blocks = []
        numbered = zip(numbers, part.entries, strict=True)
        for is_new, run in groupby(numbered, key=lambda pair: pair[1].item.new):
            entries = list(run)
            buttons = {n: self._button(edition, n) for n, _ in entries}
            if is_new:
                key = "edition.entry_new" if mixed else "edition.entry"
                blocks += [_Block(self._entry(key, n, e), (buttons[n],)) for n, e in entries]
            else:
                lines = [self._entry("edition.entry", n, entry) for n, entry in entries]
                blocks += self._folded(lines, list(buttons.values()))
        all_new = not mixed and part.entries[0].item.new
        head = self._report_head(part.report, all_new=all_new)
        first = blocks[0]
        return [_Block(join([head, first.html], "\n\n"), first.buttons), *blocks[1:]]

    def _folded(self, lines: Sequence[Html], buttons: Sequence[Button]) -> list[_Block]:
        """Return takeaways that repeat the day before as a quotation to unfold."""
        label = italic(self._words("edition.unchanged"))
        folded = quotation(join(lines, "\n"), expandable=True)
        return [_Block(join([label, folded], "\n"), tuple(buttons))]

    def _report_head(self, report: DigestReport, *, all_new: bool) -> Html:
        words, wording = self._words, self._wording
        day = wording.texts.day(report.published) if report.published else words("edition.undated")
        source = words("edition.source", publisher=wording.publisher(report.publisher), day=day)
        return join(
            [
                link(bold(wording.title(report.title)), report.url),
                join([source, words("edition.all_new") if all_new else ""], " · "),
                italic(words("edition.extractive")) if report.kind == "extractive" else "",
            ],
            "\n",
        )

    def _entry(self, key: str, number: int, entry: Entry) -> Html:
        words = self._words
        matches = [words(f"edition.by_{m.by}", topic=m.topic) for m in entry.matches]
        missing = italic(words("edition.unsupported")) if entry.item.support == "none" else ""
        return join([words(key, n=number, text=entry.item.text), *matches, missing], " ")

    def _correction(self, correction: Correction) -> Html:
        words, report = self._words, correction.report
        title = link(self._wording.title(report.title), report.url)
        day = self._wording.texts.day(report.published)
        lines: list[Html] = [
            bold(words("edition.correction")),
            words("edition.correction_of", title=title, day=day),
        ]
        for key, texts in (("withdrawn", correction.withdrawn), ("now", correction.now)):
            if texts:
                lines += [italic(words(f"edition.{key}")), *map(quotation, texts)]
        return join(lines, "\n")

    def _button(self, edition: Edition, number: int) -> Button:
        return Button(label=str(number), data=f"{ACTION}:{edition.token}:{number}")

    def _summary(self, edition: Edition) -> Message:
        """List an edition's reports in one message, a button for each."""
        lines = list(self._summary_lines(edition))
        shown = min(len(lines), _SUMMARY_LINES)
        while True:
            blocks = [
                _Block(self._heading(edition)),
                _Block(join([line for line, _ in lines[:shown]], "\n")),
                _Block(self._summary_end(len(lines) - shown)),
            ]
            messages = _packed(blocks)
            if len(messages) == 1:
                buttons = [button for _, button in lines[:shown]]
                return Message(html=messages[0].html, keyboard=_rows(buttons))
            shown = max(shown - 5, 0)

    def _summary_lines(self, edition: Edition) -> Iterator[tuple[Html, Button]]:
        words, wording, numbers = self._words, self._wording, count(1)
        for i, correction in enumerate(edition.corrections, 1):
            n, title = next(numbers), shortened(correction.report.title or "", _SUMMARY_TITLE)
            line = words("summary.correction", n=n, title=wording.title(title))
            yield line, Button(label=str(n), data=f"{ACTION}:{edition.token}:c{i}")
        for i, part in enumerate(edition.reports, 1):
            n, title = next(numbers), shortened(part.report.title or "", _SUMMARY_TITLE)
            line = words(
                "summary.line",
                n=n,
                day=wording.texts.day(part.report.published),
                title=wording.title(title),
                takeaways=words.count("takeaways", len(part.entries)),
            )
            yield line, Button(label=str(n), data=f"{ACTION}:{edition.token}:r{i}")

    def _summary_end(self, left: int) -> Html:
        more = self._words("summary.more", n=left) if left else ""
        return join([italic(self._words("summary.how")), more], "\n")


def plain(message: Message) -> str:
    """Return a message as text for a terminal, its buttons' labels below."""
    rows = ["  ".join(f"[{button.label}]" for button in row) for row in message.keyboard]
    return "\n".join([text_of(Html(message.html)), *rows])


def _numbered(edition: Edition) -> Iterator[tuple[EditionReport, list[int]]]:
    """Yield the reports with the numbers of their takeaways."""
    start = 1
    for part in edition.reports:
        yield part, list(range(start, start + len(part.entries)))
        start += len(part.entries)


def _packed(blocks: Iterable[_Block]) -> tuple[Message, ...]:
    """Put blocks into messages, each with the buttons of the blocks that end in it."""
    messages: list[Message] = []
    htmls: list[Html] = []
    buttons: list[Button] = []
    for block in blocks:
        fits = len(buttons) + len(block.buttons) <= _BUTTONS
        if htmls and not (fits and len(_pack([*htmls, block.html])) == 1):
            messages += _with_buttons(htmls, buttons)
            htmls, buttons = [], []
        htmls.append(block.html)
        buttons += block.buttons
    return (*messages, *_with_buttons(htmls, buttons))


def _with_buttons(htmls: Sequence[Html], buttons: Sequence[Button]) -> list[Message]:
    if not htmls:
        return []
    *head, last = _pack(htmls)
    keyboard = _rows(buttons[:_BUTTONS])
    return [*(Message(html=html) for html in head), Message(html=last, keyboard=keyboard)]


def _pack(htmls: Sequence[Html]) -> list[Html]:
    return pack(htmls, MESSAGE_UNITS - _ROOM, MESSAGE_ENTITIES - 1)


def _rows(buttons: Sequence[Button]) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        tuple(buttons[start : start + _IN_A_ROW]) for start in range(0, len(buttons), _IN_A_ROW)
    )
