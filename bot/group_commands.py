"""/enable and /disable: a group's administrators say whether the bot answers there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.dialogue import Command, Reply, Request
from bot.model import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.door import GuestList
    from bot.group_store import GroupStore
    from bot.texts import Texts
    from bot.views import Asker
    from index.ports import Clock


class GroupCommands:
    """Handlers for ``bot.dialogue``; they block.

    Args:
        administers: tells whether a person administers the group they write in.
    """

    def __init__(
        self,
        groups: GroupStore,
        guests: GuestList,
        administers: Callable[[Asker], bool],
        clock: Clock,
        texts: Texts,
    ) -> None:
        self._groups = groups
        self._guests = guests
        self._administers = administers
        self._clock = clock
        self._texts = texts

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands; they are for few people and in no menu."""
        return (
            Command(name="enable", about="", run=self.enable),
            Command(name="disable", about="", run=self.disable),
        )

    def enable(self, request: Request) -> Reply:
        """Answer in this group from now on."""
        chat_id = request.asker.place.chat_id
        if refusal := self._refusal(request.asker):
            return self._said(refusal)
        new = self._groups.open(chat_id, self._clock.now())
        return self._said("groups.enabled" if new else "groups.enabled_already")

    def disable(self, request: Request) -> Reply:
        """Answer in this group no more."""
        if refusal := self._refusal(request.asker):
            return self._said(refusal)
        chat_id = request.asker.place.chat_id
        was_open = self._groups.close(chat_id)
        if chat_id in self._guests.groups | self._guests.allowed:
            return self._said("groups.listed")
        return self._said("groups.disabled" if was_open else "groups.disabled_already")

    def _refusal(self, asker: Asker) -> str | None:
        if asker.place.chat_id >= 0:
            return "groups.groups_only"
        if asker.person in self._guests.operators:
            return None
        if self._guests.allowed:
            return "groups.operators_only"
        return None if self._administers(asker) else "groups.administrators_only"

    def _said(self, key: str) -> Reply:
        return Reply(messages=(Message(html=self._texts(key)),))
