"""What stands beneath an answer: votes, and questions to go on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.model import Message

if TYPE_CHECKING:
    from bot.feedback import Feedback
    from bot.suggestions import Suggestions

_NARROW = 2  # a row of so many buttons has room for the two votes


class Beneath:
    """Puts the votes and the suggestions of an answer under its message. Calls block."""

    def __init__(self, feedback: Feedback, suggestions: Suggestions) -> None:
        self._feedback = feedback
        self._suggestions = suggestions

    def under(self, message: Message, answer_id: str) -> Message:
        """Return the message with its buttons, those of the answer's suggestions last."""
        votes = self._feedback.keys(answer_id)
        rows = list(message.keyboard)
        if rows and len(rows[-1]) <= _NARROW:
            rows[-1] = (*rows[-1], *votes)
        else:
            rows.append(votes)
        rows += self._suggestions.keys(answer_id)
        return Message(html=message.html, keyboard=tuple(rows))

    def look_further(self, answer_id: str) -> bool:
        """Look for suggestions; tell whether ``under`` has more to show now."""
        return self._suggestions.make(answer_id)

    def question(self, suggestion_id: str) -> str | None:
        """Return the question of a suggestion's button."""
        return self._suggestions.question(suggestion_id)
