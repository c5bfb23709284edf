"""👍 and 👎 under an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.dialogue import Action, Reply, Request
from bot.model import Button

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.feedback_store import FeedbackStore
    from bot.markup import Html
    from bot.service import ConversationStore
    from bot.texts import Texts
    from index.ports import Clock

NAME: Final = "v"
_GOOD: Final = {"1": True, "0": False}


class Feedback:
    """The two buttons and what pressing them does; it blocks."""

    def __init__(
        self, votes: FeedbackStore, turns: ConversationStore, clock: Clock, texts: Texts
    ) -> None:
        self._votes = votes
        self._turns = turns
        self._clock = clock
        self._texts = texts

    @property
    def action(self) -> Action:
        """The buttons' handler."""
        return Action(name=NAME, run=self.press)

    def keys(self, answer_id: str) -> tuple[Button, ...]:
        """Return the two buttons."""
        return tuple(
            Button(label=self._texts.plain(f"feedback.{word}"), data=f"{NAME}:{answer_id}:{sign}")
            for word, sign in (("good", "1"), ("bad", "0"))
        )

    def press(self, request: Request) -> Reply:
        """Store a vote for an answer that stands in this chat."""
        answer_id, _, sign = request.text.partition(":")
        turn = self._turns.turn(answer_id)
        if turn is None or sign not in _GOOD:
            return Reply(toast=self._texts.plain("notice.gone"))
        if turn.asker.place.chat_id != request.asker.place.chat_id:
            return Reply(toast=self._texts.plain("notice.elsewhere"))
        good = _GOOD[sign]
        person = request.asker.person
        self._votes.vote(answer_id, person, good=good, at=self._clock.now())
        thanks = self._texts.plain("feedback.thanks_good" if good else "feedback.thanks_bad")
        return Reply(toast=thanks, alert=False)

    def lines(self) -> Iterator[Html]:
        """Say how many votes there are, for those who operate the bot."""
        counts = self._votes.counts()
        yield self._texts("feedback.counts", good=counts.good, bad=counts.bad)
