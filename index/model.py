"""The values that flow through the index, named as in the glossary of docs/design.md.

Every position is a character offset into a report's ``text``, start inclusive, end exclusive.
An impossible value can't be built: constructors check what types can't say.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  (annotations are read at run time)
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


class BlockKind(StrEnum):
    """What a stretch of a report's text is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TAKEAWAY = "takeaway"
    BYLINE = "byline"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A non-empty slice ``text[start:end]``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not a span: {self.start}..{self.end}")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the slice of ``text`` this span names."""
        return text[self.start : self.end]

    def holds(self, other: Span) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Span) -> bool:
        """Tell whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Span):
    """A span of the text with a kind."""

    kind: BlockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker(Span):
    """The ``[7]`` in the text; ``label`` is what stands between the brackets, without spaces."""

    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeaway(Span):
    """One bullet of the report's Key Takeaways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endnote:
    """A printed note: its text as printed and its whole URLs, repaired where the print cut them."""

    label: str
    text: str
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedReport:
    """One report as read from one input, before it is stored.

    Args:
        publisher: name as printed, or None where the input does not say.
        publisher_confirmed: False where only a heading in the text names the publisher.
        published: the report's own date, never the day it was fetched.
        url: canonical address, or None.
        language: BCP 47 code, "und" where unknown.
        text: the normalised body; blocks, markers and takeaways are spans of it.

    Raises:
        ValueError: a span lies outside the text, or a marker's slice does not hold its label.
    """

    publisher: str | None
    publisher_confirmed: bool
    title: str | None
    authors: tuple[str, ...]
    published: dt.date | None
    url: str | None
    language: str
    text: str
    blocks: tuple[Block, ...] = ()
    markers: tuple[Marker, ...] = ()
    endnotes: tuple[Endnote, ...] = ()
    takeaways: tuple[Takeaway, ...] = ()

    def __post_init__(self) -> None:
        for span in (*self.blocks, *self.markers, *self.takeaways):
            if span.end > len(self.text):
                raise ValueError(f"{span} ends outside a text of {len(self.text)} characters")
        for marker in self.markers:
            if marker.label not in "".join(marker.of(self.text).split()):
                raise ValueError(f"{marker} is not what stands at {marker.of(self.text)!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(ParsedReport):
    """A stored report: its newest or an older revision (numbered from 1)."""

    id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSummary:
    """What a list of reports shows of each."""

    id: str
    publisher: str | None
    publisher_confirmed: bool
    title: str | None
    authors: tuple[str, ...]
    published: dt.date | None
    url: str | None
    language: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage(Span):
    """The unit that is embedded and retrieved: a slice of one report inside one section."""

    report_id: str
    revision: int
    ordinal: int

    @property
    def id(self) -> str:
        """Name of the passage in every projection."""
        return f"{self.report_id}.{self.revision}.{self.ordinal}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Who said a sentence; ``side`` is a key of the lexicon, ``cue`` the verb, ``date`` the day."""

    speaker: str | None
    side: str | None
    cue: str
    date: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """An endnote as attached to a quote, or the statement that this copy lacks it."""

    label: str
    text: str
    urls: tuple[str, ...]
    status: Literal["resolved", "missing"]
    scope: Literal["sentence", "paragraph"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Span):
    """A slice of a report as shown to a person, with its citation.

    Raises:
        ValueError: the text is not as long as its span, so it can't be that slice.
    """

    text: str
    report_id: str
    revision: int
    publisher: str | None
    title: str | None
    published: dt.date | None
    url: str | None
    score: float
    statements: tuple[Statement, ...] = ()
    footnotes: tuple[Footnote, ...] = ()

    def __post_init__(self) -> None:
        Span.__post_init__(self)
        if len(self.text) != self.end - self.start:
            raise ValueError(
                f"a quote of {len(self.text)} characters can't be {self.start}..{self.end}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a question was asked of; dates are None in a corpus without dated reports."""

    reports: int
    first: dt.date | None
    last: dt.date | None
    publishers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Quotes, best first, or a refusal: no quotes, and the nearest passage as merely related.

    ``confidence`` is the probability, 0 to 1, that the corpus answers the question.
    """

    question: str
    asked_on: dt.date
    status: Literal["answered", "not_found"]
    confidence: float
    quotes: tuple[Quote, ...]
    searched: Searched
    nearest: Quote | None = None

    def __post_init__(self) -> None:
        if (self.status == "answered") != bool(self.quotes):
            raise ValueError("an answer has quotes, a refusal has none")


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPassage(Span):
    """A passage as retrieved for a question, best first."""

    report_id: str
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem(Span):
    """One takeaway in a digest, with the body passage and endnotes behind it.

    ``support`` is "verbatim" where the body repeats the words, "supported" where a passage says the
    same, "none" where no passage of this copy does.
    """

    text: str
    support: Literal["verbatim", "supported", "none"]
    passage: Span | None
    footnotes: tuple[Footnote, ...]
    new: bool

    def __post_init__(self) -> None:
        Span.__post_init__(self)
        if (self.support == "none") != (self.passage is None):
            raise ValueError("support names a passage, and its absence none")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestReport:
    """One report's part of a digest: its published takeaways, or extracted key sentences."""

    id: str
    revision: int
    title: str | None
    publisher: str | None
    published: dt.date | None
    url: str | None
    kind: Literal["published", "extractive"]
    takeaways: tuple[DigestItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The key takeaways of the reports of one day (or of a chosen set, where ``date`` is None)."""

    date: dt.date | None
    reports: tuple[DigestReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One entry of the change log: this revision came in, as the ``seq``-th change.

    ``seq`` grows by commit order and is never reused; ``arrived`` is aware UTC; ``current`` tells
    whether it is still the newest revision of a report that is no duplicate.

    Args:
        original: the report that is shown in the place of this one, which is a copy of it, or None.
        copies: the near-copies in whose place this one is shown.
    """

    seq: int
    report_id: str
    revision: int
    arrived: dt.datetime
    published: dt.date | None
    current: bool = True
    original: str | None = None
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """What is in the store, in numbers."""

    reports: int
    passages: int
    publishers: tuple[tuple[str, int], ...]
    first: dt.date | None
    last: dt.date | None
    duplicates: int = 0
    near_copies: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How one source of reports fares; ``name`` is a publisher, feed or folder."""

    name: str
    reports: int
    last_success: dt.datetime | None
    last_error: str | None


class IngestStatus(StrEnum):
    """What became of one input."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """One input's outcome: the ids of its reports, or why it failed."""

    input: str
    status: IngestStatus
    reports: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Bytes from outside with what is known of them; ``name`` is shown, never opened."""

    name: str
    content: bytes = field(repr=False)
    media_type: str | None = None
    encoding: str | None = None
    url: str | None = None
