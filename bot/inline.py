"""Answers while somebody types in another chat: each a quote with its citation, ready to send."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot import deeplinks
from bot.deeplinks import DeepLink
from bot.markup import clean, italic, join, pack, quotation
from bot.model import Button, Message
from bot.service import QuoteMismatchError, cite
from bot.wording import shortened
from index.errors import NotFoundError

if TYPE_CHECKING:
    from datetime import tzinfo

    from bot.markup import Html
    from bot.ports import Reports
    from bot.views import Cited
    from bot.wording import Wording
    from index.model import Answer
    from index.ports import Clock

FEWEST_LETTERS: Final = 3
_MOST_LETTERS: Final = 256  # Telegram sends no more
_TITLE: Final = 80
_ABOUT: Final = 160
_MARK: Final = " […]"
_RESULT: Final = "q{}"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineResult:
    """One line of the list, and the message it sends; ``id`` is unique within the list."""

    id: str
    title: str
    about: str
    message: Message


class InlineAnswers:
    """Finds quotes for what somebody types. Nothing of it is stored. Calls block."""

    def __init__(self, reports: Reports, wording: Wording, clock: Clock, zone: tzinfo) -> None:
        self._reports = reports
        self._wording = wording
        self._texts = wording.texts
        self._clock = clock
        self._zone = zone

    def find(self, text: str, bot: str) -> tuple[InlineResult, ...]:
        """Return what can be sent, best first; nothing where too little was typed.

        Args:
            text: what was typed.
            bot: the bot's username, for links to it.
        """
        question = " ".join(clean(text).split())[:_MOST_LETTERS]
        if sum(map(str.isalnum, question)) < FEWEST_LETTERS:
            return ()
        asked_on = self._clock.now().astimezone(self._zone).date()
        answer = self._reports.ask(question, asked_on=asked_on)
        found = self._checked(answer)
        if not found:
            return (self._nothing(answer),)
        return tuple(self._result(n, one, bot) for n, one in enumerate(found, 1))

    def _checked(self, answer: Answer) -> list[Cited]:
        """Return the quotes that still are slices of their reports."""
        found = []
        for quote in answer.quotes:
            try:
                found.append(cite(quote, self._reports.report(quote.report_id, quote.revision)))
            except (QuoteMismatchError, NotFoundError) as error:
                log.error("a quote is not offered: %s", error)  # noqa: TRY400  (no defect here)
        return found

    def _result(self, number: int, cited: Cited, bot: str) -> InlineResult:
        quote = cited.quote
        speaker = next((one.speaker for one in quote.statements if one.speaker), None)
        name = self._wording.publisher(speaker or quote.publisher)
        title = self._texts.plain(
            "inline.title", speaker=shortened(name, _TITLE), day=self._texts.day(quote.published)
        )
        target = deeplinks.address(bot, DeepLink(kind="r", id=quote.report_id))
        open_it = Button(label=self._texts.plain("inline.report_button"), url=target)
        return InlineResult(
            id=_RESULT.format(number),
            title=title,
            about=shortened(quote.text, _ABOUT),
            message=Message(html=self._quoted(cited), keyboard=((open_it,),)),
        )

    def _quoted(self, cited: Cited) -> Html:
        """Return a quote as one message; one too long for that is cut, and the cut is marked."""
        speakers = self._wording.speakers(cited)
        whole = join([speakers, self._wording.quote(cited)], "\n")
        length = len(cited.quote.text)
        while len(pack([whole])) > 1:
            length = length * 3 // 4
            block = quotation(cited.quote.text[:length] + _MARK, expandable=True)
            whole = join([speakers, block, self._wording.source_line(cited)], "\n")
        return whole

    def _nothing(self, answer: Answer) -> InlineResult:
        reports = self._texts.count("reports", answer.searched.reports)
        html = self._texts(
            "inline.nothing_message", question=italic(answer.question), reports=reports
        )
        return InlineResult(
            id=_RESULT.format(0),
            title=self._texts.plain("inline.nothing_title"),
            about=self._texts.plain("inline.nothing_about", reports=reports),
            message=Message(html=html),
        )
