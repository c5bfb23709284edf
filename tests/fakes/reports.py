"""A small, honest stand-in for the index: a handful of reports written for the tests.

Quotes are real slices, footnotes come from the markers beside them, and a question is answered when
a sentence shares enough of its words. The newest report came in last; one has two revisions, one no
date, one an unconfirmed publisher, one no endnotes, and one markup in its text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from bot.ports import Arrival, Corpus, SourceHealth
from index.errors import NotFoundError
from index.model import (
    Answer,
    Block,
    BlockKind,
    Digest,
    DigestItem,
    DigestReport,
    Endnote,
    Footnote,
    Marker,
    Quote,
    Report,
    ReportSummary,
    Searched,
    Span,
    Statement,
    Takeaway,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

HARBOUR = "Harbour Institute for Security Studies"
EASTERN = "Eastern Desk"
FIRST_ARRIVAL = datetime(2025, 4, 9, 6, 0, tzinfo=UTC)

_MARKER = re.compile(r"\[\s*(\w+)\s*\]")
_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"”]?(?:\s*\[\s*\w+\s*\])*(?=\s|$)|$)")
_WORD = re.compile(r"[^\W\d_]{4,}")
_COMMON = frozenset(
    {"what", "about", "does", "that", "this", "with", "from", "have", "said", "they"}
)
_BODY = frozenset({BlockKind.PARAGRAPH, BlockKind.LIST_ITEM})

# Who speaks, by words that name them in a sentence.
_SPEAKERS: Mapping[str, tuple[str, str]] = {
    "Antonov": ("Viktor Antonov", "russia"),
    "Halyna Bondar": ("Halyna Bondar", "ukraine"),
}


def make_report(
    report_id: str,
    *body: tuple[BlockKind, str],
    published: date | None,
    publisher: str | None = HARBOUR,
    publisher_confirmed: bool = True,
    title: str | None = None,
    url: str | None = None,
    endnotes: Iterable[Endnote] = (),
    revision: int = 1,
) -> Report:
    """Build a report from its blocks; markers, takeaways and offsets follow from the text."""
    text = "\n\n".join(block for _, block in body)
    blocks, position = [], 0
    for kind, block in body:
        blocks.append(Block(start=position, end=position + len(block), kind=kind))
        position += len(block) + 2
    return Report(
        id=report_id,
        revision=revision,
        publisher=publisher,
        publisher_confirmed=publisher_confirmed,
        title=title,
        authors=(),
        published=published,
        url=url,
        language="en",
        text=text,
        blocks=tuple(blocks),
        markers=tuple(
            Marker(start=match.start(), end=match.end(), label=match[1])
            for match in _MARKER.finditer(text)
        ),
        endnotes=tuple(endnotes),
        takeaways=tuple(
            Takeaway(start=block.start, end=block.end)
            for block in blocks
            if block.kind is BlockKind.TAKEAWAY
        ),
    )


def sample_reports() -> list[Report]:
    """Return the reports every fake starts with, in the order in which they came in."""
    heading, paragraph, takeaway = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.TAKEAWAY
    april_8 = (
        (heading, "Evening assessment, April 8, 2025"),
        (heading, "Key Takeaways"),
        (takeaway, "Ferry traffic across the strait stopped for a second day."),
        (heading, "Talks"),
        (paragraph, "The delegations met for four hours and published no joint statement. [1]"),
    )
    return [
        make_report(
            "ed-undated",
            (heading, "Background note on monitoring missions"),
            (
                paragraph,
                (
                    "A monitoring mission counts violations; it does not separate forces. "
                    "Earlier missions failed when neither side let observers travel at night."
                ),
            ),
            published=None,
            publisher=EASTERN,
            publisher_confirmed=False,
            title="Background note on monitoring missions",
        ),
        make_report(
            "hi-0408",
            *april_8,
            published=date(2025, 4, 8),
            title="Evening assessment, April 8, 2025",
            url="https://harbour.example/assessments/2025-04-08",
            endnotes=[Endnote(label="1", text="https://news.example/talks", urls=())],
        ),
        make_report(
            "hi-0408",
            *april_8,
            (paragraph, "A correction issued later said the meeting lasted three hours. [2]"),
            published=date(2025, 4, 8),
            title="Evening assessment, April 8, 2025",
            url="https://harbour.example/assessments/2025-04-08",
            endnotes=[
                Endnote(
                    label="1",
                    text="https://news.example/talks",
                    urls=("https://news.example/talks",),
                ),
                Endnote(
                    label="2",
                    text="https://news dot example/correction",
                    urls=("https://news.example/correction",),
                ),
            ],
            revision=2,
        ),
        make_report(
            "ed-0409",
            (heading, "Eastern Desk daily, 9 April"),
            (
                paragraph,
                (
                    "Halyna Bondar said that Ukraine would welcome peacekeepers under a clear "
                    "mandate. She added that <b>no</b> mandate & no timetable had been offered."
                ),
            ),
            (
                paragraph,
                'The desk could not confirm the "two brigades" figure that circulated online.',
            ),
            published=date(2025, 4, 9),
            publisher=EASTERN,
            title="Eastern Desk daily, 9 April <draft>",
            url="https://eastern.example/daily?day=9&month=4",
        ),
        make_report(
            "hi-0409",
            (heading, "Evening assessment, April 9, 2025"),
            (heading, "Key Takeaways"),
            (
                takeaway,
                "Russian officials again rejected the deployment of foreign peacekeepers. [1]",
            ),
            (takeaway, "Repair crews restored power to the northern districts."),
            (takeaway, "Grain exports reached the highest weekly volume of the year."),
            (heading, "Negotiations"),
            (
                paragraph,
                (
                    "Deputy minister Viktor Antonov stated that Russia rejects peacekeepers from "
                    "any country of the alliance. [1] Antonov claimed that such peacekeepers would "
                    "become a legitimate target. [2] [7]"
                ),
            ),
            (
                paragraph,
                (
                    "Repair crews restored power to the northern districts by the evening. The "
                    "grid operator expects further cuts on weekdays. [3]"
                ),
            ),
            published=date(2025, 4, 9),
            title="Evening assessment, April 9, 2025",
            url="https://harbour.example/assessments/2025-04-09",
            endnotes=[
                Endnote(
                    label="1",
                    text="https://ministry dot example/briefing-0904",
                    urls=("https://ministry.example/briefing-0904",),
                ),
                Endnote(
                    label="2",
                    text="Interview, 9 April (in Russian): https://radio.example/a?x=1&y=2 ; "
                    "https://radio.example/b",
                    urls=("https://radio.example/a?x=1&y=2", "https://radio.example/b"),
                ),
                Endnote(label="3", text="Grid operator, statement of 9 April", urls=()),
            ],
        ),
    ]


class FakeReports:
    """The index as ``bot.ports.Reports`` describes it, in memory."""

    def __init__(self, reports: Iterable[Report] | None = None) -> None:
        self._revisions: dict[str, list[Report]] = {}
        self._arrivals: list[Arrival] = []
        self.asked: list[tuple[str, date, tuple[str, ...]]] = []
        for report in sample_reports() if reports is None else reports:
            self.add(report)

    def add(self, report: Report, arrived: datetime | None = None) -> None:
        """Let a report, or its next revision, come in: an hour after the last one by default."""
        stored = self._revisions.setdefault(report.id, [])
        stored.append(replace(report, revision=len(stored) + 1))
        previous = self._arrivals[-1].arrived if self._arrivals else None
        self._arrivals.append(
            Arrival(
                seq=len(self._arrivals) + 1,
                report_id=report.id,
                revision=len(stored),
                arrived=arrived or (previous + timedelta(hours=1) if previous else FIRST_ARRIVAL),
                published=report.published,
            )
        )

    def alter(self, report: Report) -> None:
        """Corrupt a stored revision: its text changes while quotes of it are in circulation."""
        self._revisions[report.id][report.revision - 1] = report

    def ask(self, question: str, *, asked_on: date, history: Sequence[str] = ()) -> Answer:
        """Answer with up to three sentences that share two words with the question."""
        self.asked.append((question, asked_on, tuple(history)))
        wanted = _words(question) or _words(" ".join(history))
        reports = [
            report
            for report in self._newest()
            if report.published is None or report.published <= asked_on
        ]
        found = [quote for report in reports for quote in _quotes(report, wanted)]
        ranked = sorted(found, key=lambda quote: -quote.score)
        quotes = tuple(quote for quote in ranked if quote.score >= 2)[:3]
        dates = [report.published for report in reports if report.published]
        return Answer(
            question=question,
            asked_on=asked_on,
            status="answered" if quotes else "not_found",
            confidence=0.9 if quotes else 0.1,
            quotes=quotes,
            searched=Searched(
                reports=len(reports),
                first=min(dates, default=None),
                last=max(dates, default=None),
                publishers=tuple(sorted({r.publisher for r in reports if r.publisher})),
            ),
            nearest=None if quotes or not ranked else ranked[0],
        )

    def report(self, report_id: str, revision: int | None = None) -> Report:
        """Return one revision, the newest by default."""
        stored = self._revisions.get(report_id, [])
        if not stored or (revision is not None and not 1 <= revision <= len(stored)):
            raise NotFoundError(f"no report {report_id} (revision {revision}) is stored")
        return stored[-1 if revision is None else revision - 1]

    def reports(self) -> list[ReportSummary]:
        """List the newest revisions, newest published first, undated last."""
        return [
            ReportSummary(
                id=report.id,
                publisher=report.publisher,
                publisher_confirmed=report.publisher_confirmed,
                title=report.title,
                authors=report.authors,
                published=report.published,
                url=report.url,
                language=report.language,
                revision=report.revision,
            )
            for report in sorted(
                self._newest(), key=lambda r: r.published or date.min, reverse=True
            )
        ]

    def around(self, quote: Quote) -> Span:
        """Return the block the quote stands in."""
        report = self.report(quote.report_id, quote.revision)
        block = next(block for block in report.blocks if block.holds(quote))
        return Span(start=block.start, end=block.end)

    def digest(self, day: date) -> Digest:
        """Compose the digest of one day."""
        return Digest(
            date=day,
            reports=tuple(_digest(report) for report in self._newest() if report.published == day),
        )

    def digest_report(self, report_id: str, revision: int | None = None) -> DigestReport:
        """Compose one report's part."""
        return _digest(self.report(report_id, revision))

    def arrivals(self, *, after: int = 0) -> list[Arrival]:
        """List the change log past ``after``."""
        return [arrival for arrival in self._arrivals if arrival.seq > after]

    def newest_day(self) -> date | None:
        """Return the latest published date."""
        return max((r.published for r in self._newest() if r.published), default=None)

    def corpus(self) -> Corpus:
        """Count what is stored."""
        newest = self._newest()
        names = [report.publisher for report in newest if report.publisher]
        dates = [report.published for report in newest if report.published]
        return Corpus(
            reports=len(newest),
            passages=sum(block.kind in _BODY for report in newest for block in report.blocks),
            publishers=tuple((name, names.count(name)) for name in sorted(set(names))),
            first=min(dates, default=None),
            last=max(dates, default=None),
        )

    def sources(self) -> list[SourceHealth]:
        """List one source that works and one that does not."""
        if not self._arrivals:
            return []
        return [
            SourceHealth(
                name="harbour.example",
                reports=2,
                last_success=self._arrivals[-1].arrived,
                last_error=None,
            ),
            SourceHealth(
                name="eastern.example/<feed>",
                reports=1,
                last_success=None,
                last_error="eastern.example answered 503 & closed; the next try is in an hour",
            ),
        ]

    def _newest(self) -> list[Report]:
        return [stored[-1] for stored in self._revisions.values()]


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)} - _COMMON


def _stems(text: str) -> set[str]:
    return {word[:5] for word in _words(text)}


def _quotes(report: Report, wanted: set[str]) -> list[Quote]:
    """Return the body sentences that share a word with the question, scored by how many."""
    stems = {word[:5] for word in wanted}
    quotes = []
    for block in report.blocks:
        if block.kind not in _BODY:
            continue
        for match in _SENTENCE.finditer(block.of(report.text)):
            shared = len(stems & _stems(match[0]))
            if shared:
                span = Span(start=block.start + match.start(), end=block.start + match.end())
                quotes.append(_quote(report, block, span, float(shared)))
    return quotes


def _quote(report: Report, block: Block, span: Span, score: float) -> Quote:
    text = span.of(report.text)
    return Quote(
        start=span.start,
        end=span.end,
        text=text,
        report_id=report.id,
        revision=report.revision,
        publisher=report.publisher,
        title=report.title,
        published=report.published,
        url=report.url,
        score=score,
        statements=tuple(
            Statement(
                speaker=speaker,
                side=side,
                cue="claimed" if "claimed" in text else "said",
                date=report.published,
            )
            for name, (speaker, side) in _SPEAKERS.items()
            if name in text
        ),
        footnotes=_footnotes(report, block, span),
    )


def _footnotes(report: Report, block: Span, span: Span) -> tuple[Footnote, ...]:
    """Return the notes of the sentence or, where it has none, of its paragraph."""
    own = [marker for marker in report.markers if span.holds(marker)]
    beside = [marker for marker in report.markers if block.holds(marker)]
    scope: Literal["sentence", "paragraph"] = "sentence" if own else "paragraph"
    notes = {note.label: note for note in report.endnotes}
    return tuple(
        Footnote(
            label=marker.label,
            text=notes[marker.label].text if marker.label in notes else "",
            urls=notes[marker.label].urls if marker.label in notes else (),
            status="resolved" if marker.label in notes else "missing",
            scope=scope,
        )
        for marker in own or beside
    )


def _digest(report: Report) -> DigestReport:
    """Take the published takeaways, or the first body sentence where there are none."""
    spans: list[Span] = list(report.takeaways)
    if not spans:
        body = next(block for block in report.blocks if block.kind in _BODY)
        first = _SENTENCE.match(body.of(report.text))
        assert first is not None
        spans = [Span(start=body.start, end=body.start + first.end())]
    return DigestReport(
        id=report.id,
        revision=report.revision,
        title=report.title,
        publisher=report.publisher,
        published=report.published,
        url=report.url,
        kind="published" if report.takeaways else "extractive",
        takeaways=tuple(_digest_item(report, span) for span in spans),
    )


def _digest_item(report: Report, span: Span) -> DigestItem:
    text = span.of(report.text)
    behind = max(
        (block for block in report.blocks if block.kind in _BODY),
        key=lambda block: len(_stems(text) & _stems(block.of(report.text))),
    )
    body = behind.of(report.text)
    shared = len(_stems(text) & _stems(body))
    support: Literal["verbatim", "supported", "none"] = "supported" if shared >= 2 else "none"
    if text.rstrip(".") in body:
        support = "verbatim"
    passage = None if support == "none" else Span(start=behind.start, end=behind.end)
    return DigestItem(
        start=span.start,
        end=span.end,
        text=text,
        support=support,
        passage=passage,
        footnotes=_footnotes(report, passage, span) if passage else (),
        new=True,
    )
