"""Who administers a group, asked of Telegram."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

if TYPE_CHECKING:
    from telegram import Bot

    from bot.views import Asker

_PATIENCE: Final = 10.0  # seconds
_ADMINS: Final = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})
_GROUP_ITSELF: Final = 1087968824  # the account that stands for an anonymous administrator

log = logging.getLogger(__name__)


class Admins:
    """Asks on the event loop, for handlers that block in threads of their own."""

    def __init__(self, bot: Bot, loop: asyncio.AbstractEventLoop) -> None:
        self._bot = bot
        self._loop = loop

    def includes(self, asker: Asker) -> bool:
        """Tell whether a person administers the group they write in; no answer means no."""
        if asker.person in {_GROUP_ITSELF, asker.place.chat_id}:
            return True
        asked = asyncio.run_coroutine_threadsafe(
            self._bot.get_chat_member(asker.place.chat_id, asker.person), self._loop
        )
        try:
            return asked.result(_PATIENCE).status in _ADMINS
        except (TelegramError, TimeoutError) as error:
            log.warning("administrators of a group are not known: %s", type(error).__name__)
            return False
