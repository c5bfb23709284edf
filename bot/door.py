"""Who is let in: the allow-list, groups that asked for the bot, and no more than people can type.

Those who operate the bot are always let in. Calls block (groups are looked up in SQL).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from bot.dialogue import Reply, Request, command_of
from bot.limits import Limiter, Once, Verdict
from bot.model import Message

if TYPE_CHECKING:
    from bot.texts import Texts
    from bot.views import Asker
    from index.ports import Clock

PRESS_COST: Final = 0.25  # of a question
_AGAIN: Final = timedelta(hours=1)  # before somebody who is not let in is told so again
_FOR_EVERYBODY: Final = frozenset({"privacy", "forget", "unsubscribe", "enable", "disable"})


class OpenGroups(Protocol):
    """The groups whose administrators asked for the bot."""

    def has(self, chat_id: int) -> bool:
        """Tell whether a group is one of them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestList:
    """Who is let in by the settings.

    Args:
        operators: people who operate the bot; nothing is refused to them.
        allowed: people and chats, empty for everybody.
        groups: groups that are answered in.
    """

    operators: frozenset[int]
    allowed: frozenset[int]
    groups: frozenset[int]

    def has(self, person: int) -> bool:
        """Tell whether a person is let in, wherever they are."""
        return not self.allowed or person in self.allowed | self.operators


class Door:
    """Decides about each message and button before anything is done about it."""

    def __init__(
        self, guests: GuestList, limiter: Limiter, groups: OpenGroups, clock: Clock, texts: Texts
    ) -> None:
        self._guests = guests
        self._limiter = limiter
        self._groups = groups
        self._clock = clock
        self._texts = texts
        self._told = Once(_AGAIN)

    def admit(self, request: Request) -> Reply | None:
        """Return None to who is let in, else what to reply: a sentence once, then nothing."""
        asker = request.asker
        if asker.person in self._guests.operators:
            return None
        if (busy := self._too_fast(asker.person)) is not None:
            return busy
        command = command_of(request.text)
        if command is not None and command[0].lower() in _FOR_EVERYBODY:
            return None
        if (why := self._kept_out(asker)) is None:
            return None
        if not self._told.is_first(asker.place.chat_id, self._clock.now()):
            return Reply()
        return Reply(messages=(Message(html=self._texts(why, id=asker.person)),))

    def admit_press(self, request: Request) -> str | None:
        """Return None to who may press a button, else what to show over the chat."""
        asker = request.asker
        if asker.person in self._guests.operators:
            return None
        verdict, seconds = self._limiter.take(asker.person, self._clock.now(), cost=PRESS_COST)
        if verdict is not Verdict.ADMIT:
            return self._texts.plain("door.too_fast_press", seconds=math.ceil(seconds))
        if self._kept_out(asker):
            return self._texts.plain("door.press")
        return None

    def admit_inline(self, person: int) -> bool:
        """Tell whether a person is answered while they type in another chat."""
        return self._guests.has(person)

    def has_room(self, person: int) -> bool:
        """Take what an answer while typing costs; tell whether it was there."""
        if person in self._guests.operators:
            return True
        verdict, _ = self._limiter.take(person, self._clock.now(), cost=PRESS_COST)
        return verdict is Verdict.ADMIT

    def forget(self, person: int) -> bool:
        """Forget that a person was turned away; how fast they wrote fades within a minute."""
        self._told.forget(person)
        return False

    def _too_fast(self, person: int) -> Reply | None:
        verdict, seconds = self._limiter.take(person, self._clock.now())
        if verdict is Verdict.ADMIT:
            return None
        if verdict is Verdict.IGNORE:
            return Reply()
        values = {"limit": self._limiter.per_minute, "seconds": math.ceil(seconds)}
        return Reply(messages=(Message(html=self._texts("door.too_fast", **values)),))

    def _kept_out(self, asker: Asker) -> str | None:
        """Name the text that says why somebody is not let in, None who is."""
        chat_id = asker.place.chat_id
        if chat_id > 0:
            return None if self._guests.has(asker.person) else "door.not_allowed"
        if chat_id in self._guests.groups | self._guests.allowed or self._groups.has(chat_id):
            return None
        return "door.group_by_operator" if self._guests.allowed else "door.group"
