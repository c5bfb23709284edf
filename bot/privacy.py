"""/privacy: what is stored about a person and for how long, from the settings in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.dialogue import Command, Reply, Request
from bot.markup import bold, join
from bot.model import Message

if TYPE_CHECKING:
    from bot.settings import Chat
    from bot.texts import Texts

UPDATES_KEPT: Final = timedelta(days=2)  # Telegram repeats none that is older
_PARTS: Final = ("answers", "history", "votes", "digests", "updates", "pace", "not", "forget")


class Privacy:
    """A handler for ``bot.dialogue``."""

    def __init__(self, chat: Chat, texts: Texts) -> None:
        self._chat = chat
        self._texts = texts

    @property
    def command(self) -> Command:
        """The command."""
        return Command(name="privacy", about=self._texts.plain("command.privacy"), run=self.say)

    def say(self, request: Request) -> Reply:
        """Say what is kept."""
        del request
        chat, texts = self._chat, self._texts
        values: dict[str, str | int] = {
            "days": chat.answers_kept_days,
            "questions": chat.history_questions,
            "minutes": chat.history_minutes,
            "updates": UPDATES_KEPT.days,
        }
        parts = [one for one in _PARTS if chat.history_questions or one != "history"]
        lines = [join(["• ", texts(f"privacy.{part}", **values)]) for part in parts]
        return Reply(messages=(Message(html=join([bold(texts("privacy.heading")), *lines], "\n")),))
