"""The conversation: what a person asks becomes a view, whatever messenger shows it.

Every quote that leaves is first found again, character by character, in the stored revision it was
taken from. Calls block: run them off the event loop.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol

from bot.markup import clean
from bot.views import (
    AnswerView,
    Asker,
    Cited,
    ContextView,
    FootnotesView,
    HelpView,
    LatestView,
    NoticeView,
    SourcesView,
    View,
    shown,
)
from index.errors import BriefingError, NotFoundError
from index.model import BlockKind
from index.questionwords import language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.ports import Reports
    from index.model import Answer, Quote, Report, Span
    from index.ports import Clock

log = logging.getLogger(__name__)

# Blocks that are no paragraph where paragraphs are counted.
UNCOUNTED = frozenset({BlockKind.HEADING, BlockKind.BYLINE, BlockKind.BOILERPLATE})


class QuoteMismatchError(BriefingError):
    """A quote is not, or no longer, what stands in its report at that place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question and its answer. ``id`` is short and can't be guessed: buttons carry it."""

    id: str
    asker: Asker
    asked_at: datetime
    answer: Answer


class ConversationStore(Protocol):
    """What was asked and answered; all of it survives a restart."""

    def save(self, turn: Turn) -> None:
        """Store a turn."""
        ...

    def turn(self, answer_id: str) -> Turn | None:
        """Return the turn of that id."""
        ...

    def last(self, asker: Asker) -> Turn | None:
        """Return the newest turn of a person at a place."""
        ...

    def questions(self, asker: Asker, *, since: datetime, limit: int) -> list[str]:
        """Return the newest questions asked at ``since`` or later, oldest first."""
        ...

    def forget(self, person: int) -> int:
        """Erase all turns of a person and count them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """How the conversation goes.

    Args:
        question_limit: characters a question may have.
        history_questions: how many earlier questions explain a follow-up.
        history: how long ago they may have been asked.
        latest: how many reports /latest lists.
        zone: the zone whose calendar says which day "today" is.
    """

    question_limit: int = 1000
    history_questions: int = 4
    history: timedelta = timedelta(minutes=30)
    latest: int = 10
    zone: tzinfo = UTC


class Conversation:
    """Answers questions and shows what is behind the answers."""

    def __init__(
        self,
        reports: Reports,
        store: ConversationStore,
        clock: Clock,
        new_id: Callable[[], str],
        settings: ConversationSettings,
    ) -> None:
        self._reports = reports
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self._settings = settings

    def ask(self, asker: Asker, text: str) -> View:
        """Answer a question, or say what keeps it from being one."""
        question = " ".join(clean(text).split())
        settings = self._settings
        if not any(map(str.isalnum, question)):
            return NoticeView(key="notice.no_words")
        if len(question) > settings.question_limit:
            limits = {"length": len(question), "limit": settings.question_limit}
            return NoticeView(key="notice.too_long", values=limits)
        now = self._clock.now()
        history = self._store.questions(
            asker, since=now - settings.history, limit=settings.history_questions
        )
        asked_on = now.astimezone(settings.zone).date()
        answer = self._reports.ask(question, asked_on=asked_on, history=history)
        turn = Turn(id=self._new_id(), asker=asker, asked_at=now, answer=answer)
        view = self._checked(turn, _answer_view)
        if isinstance(view, AnswerView):
            self._store.save(turn)
        return view

    def answer(self, asker: Asker, answer_id: str) -> View:
        """Show an earlier answer again."""
        return self._show(asker, answer_id, _answer_view)

    def reopen(self, asker: Asker, answer_id: str) -> View:
        """Show an answer where somebody follows a link to it; elsewhere it becomes their own."""
        turn = self._store.turn(answer_id)
        if turn is None:
            return NoticeView(key="notice.gone")
        if turn.asker != asker:
            now = self._clock.now()
            turn = Turn(id=self._new_id(), asker=asker, asked_at=now, answer=turn.answer)
        view = self._checked(turn, _answer_view)
        if isinstance(view, AnswerView) and turn.id != answer_id:
            self._store.save(turn)
        return view

    def footnotes(
        self, asker: Asker, answer_id: str | None = None, number: int | None = None
    ) -> View:
        """Show the endnotes of one quote, or of all, of an answer (by default the last)."""

        def view(turn: Turn, cited: Sequence[Cited]) -> View:
            wanted = [(n, c) for n, c in enumerate(cited, 1) if number in {None, n}]
            if not wanted:
                return _no_such_quote(cited)
            return FootnotesView(id=turn.id, related=not turn.answer.quotes, cited=tuple(wanted))

        return self._show(asker, answer_id, view)

    def context(self, asker: Asker, answer_id: str | None = None, number: int = 1) -> View:
        """Show the text around one quote of an answer (by default the last)."""

        def view(turn: Turn, cited: Sequence[Cited]) -> View:
            if not 1 <= number <= len(cited):
                return _no_such_quote(cited)
            quote = cited[number - 1].quote
            text = self._reports.report(quote.report_id, quote.revision).text
            around = self._reports.around(quote)
            return ContextView(
                id=turn.id,
                related=not turn.answer.quotes,
                number=number,
                count=len(cited),
                cited=cited[number - 1],
                before=text[around.start : quote.start],
                after=text[quote.end : around.end],
                cut_before=bool(text[: around.start].rpartition("\n")[2].strip()),
                cut_after=bool(text[around.end :].partition("\n")[0].strip()),
            )

        return self._show(asker, answer_id, view)

    def latest(self) -> View:
        """List the newest reports."""
        reports = self._reports.reports()
        return LatestView(reports=tuple(reports[: self._settings.latest]), total=len(reports))

    def sources(self) -> View:
        """Say what is searched."""
        return SourcesView(corpus=self._reports.corpus(), sources=tuple(self._reports.sources()))

    def help(self, commands: Sequence[tuple[str, str]], examples: tuple[str, ...] = ()) -> View:
        """Say what the bot does."""
        corpus = self._reports.corpus()
        return HelpView(corpus=corpus, commands=tuple(commands), examples=examples)

    def forget(self, asker: Asker) -> int:
        """Erase what is stored of a person's conversations, at every place, and count the turns."""
        return self._store.forget(asker.person)

    def _show(
        self,
        asker: Asker,
        answer_id: str | None,
        view: Callable[[Turn, Sequence[Cited]], View],
    ) -> View:
        turn = self._store.last(asker) if answer_id is None else self._store.turn(answer_id)
        if turn is None:
            return NoticeView(key="notice.nothing_yet" if answer_id is None else "notice.gone")
        if turn.asker.place.chat_id != asker.place.chat_id:
            return NoticeView(key="notice.elsewhere")
        return self._checked(turn, view)

    def _checked(self, turn: Turn, view: Callable[[Turn, Sequence[Cited]], View]) -> View:
        """Make a view of quotes that still are slices of their reports, or say that one is not."""
        try:
            return view(turn, self._cited(shown(turn.answer)))
        except (QuoteMismatchError, NotFoundError) as error:
            log.error("answer %s is not shown: %s", turn.id, error)  # noqa: TRY400  (no defect here)
            return NoticeView(key="notice.changed")

    def _cited(self, quotes: Sequence[Quote]) -> list[Cited]:
        reports = {
            key: self._reports.report(*key)
            for key in {(quote.report_id, quote.revision) for quote in quotes}
        }
        return [cite(quote, reports[quote.report_id, quote.revision]) for quote in quotes]


def cite(quote: Quote, report: Report) -> Cited:
    """Say where in its report a quote stands.

    Raises:
        QuoteMismatchError: something else stands there.
    """
    if quote.of(report.text) != quote.text:
        raise QuoteMismatchError(
            f"{quote.report_id} revision {quote.revision} has other words at "
            f"{quote.start}..{quote.end} than the quote; it must not be shown"
        )
    headings = [b for b in report.blocks if b.kind is BlockKind.HEADING and b.end <= quote.start]
    counted = [block for block in report.blocks if block.kind not in UNCOUNTED]
    number = next((n for n, block in enumerate(counted, 1) if block.overlaps(quote)), None)
    return Cited(
        quote=quote,
        publisher_confirmed=report.publisher_confirmed,
        section=_line(headings[-1], report.text) if headings else None,
        paragraph=number,
        has_endnotes=bool(report.endnotes),
    )


def _line(span: Span, text: str) -> str:
    return " ".join(span.of(text).split())


def _answer_view(turn: Turn, cited: Sequence[Cited]) -> View:
    answer = turn.answer
    return AnswerView(
        id=turn.id,
        searched=answer.searched,
        related=not answer.quotes,
        foreign=language(answer.question) != "en",
        cited=tuple(cited),
    )


def _no_such_quote(cited: Sequence[Cited]) -> NoticeView:
    if not cited:
        return NoticeView(key="notice.no_quotes")
    if len(cited) == 1:
        return NoticeView(key="notice.one_quote")
    return NoticeView(key="notice.quotes", values={"count": len(cited)})
