"""What the conversation has to say, before any messenger's rendering: values alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.model import Place
    from bot.ports import Corpus, SourceHealth
    from index.model import Answer, Quote, ReportSummary, Searched


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A person at a place: what is remembered is remembered of the two together."""

    person: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A quote that was checked against its report, and where in the report it stands.

    Args:
        section: the heading above it, or None.
        paragraph: number of its paragraph, headings, bylines and boilerplate not counted; or None.
        has_endnotes: this copy of the report has endnotes at all.
    """

    quote: Quote
    publisher_confirmed: bool
    section: str | None
    paragraph: int | None
    has_endnotes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """The quotes of an answer; of a refusal the nearest passage (``related``), or nothing.

    ``foreign``: the question was in a language that the bot does not read.
    """

    id: str
    searched: Searched
    related: bool
    foreign: bool
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FootnotesView:
    """The endnotes of an answer's quotes, by the quotes' numbers (from 1) in the answer."""

    id: str
    related: bool
    cited: tuple[tuple[int, Cited], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextView:
    """Quote ``number`` of ``count`` with the text around it; ``cut_…`` where a paragraph is cut."""

    id: str
    related: bool
    number: int
    count: int
    cited: Cited
    before: str
    after: str
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestView:
    """The newest reports of ``total``."""

    reports: tuple[ReportSummary, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesView:
    """What is searched and how its sources fare."""

    corpus: Corpus
    sources: tuple[SourceHealth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpView:
    """What the bot is for; ``commands`` are names with a line each.

    ``examples`` are questions that the reports answer; without any a general one is shown.
    """

    corpus: Corpus
    commands: tuple[tuple[str, str], ...]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One sentence of the catalogue, with what it fills in."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


View = AnswerView | FootnotesView | ContextView | LatestView | SourcesView | HelpView | NoticeView


def shown(answer: Answer) -> tuple[Quote, ...]:
    """Return the quotes an answer shows: its own or, in a refusal, the nearest passage."""
    return answer.quotes or ((answer.nearest,) if answer.nearest else ())
