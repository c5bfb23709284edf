"""What a fake server is started with."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodLimits:
    """The documented sending limits; Telegram publishes no burst sizes, so they are set here.

    `per_second` messages in any second over all chats; `chat_rate` a second in one chat with a
    reserve of `chat_burst` messages; `group_per_minute` in one group in any minute. A call that
    comes within `grace` seconds of a 429 may have been on its way and isn't counted as early.
    """

    per_second: int = 30
    chat_rate: float = 1.0
    chat_burst: int = 3
    group_per_minute: int = 20
    grace: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The bot that talks to the server, and how strict the server is.

    `limits` is None to switch flood control off. `privacy` is the privacy mode of @BotFather: on,
    the bot hears only what is meant for it in groups. `callback_ttl` and `inline_ttl` are the
    seconds in which a query must be answered. `keep_calls` is how many calls are remembered.
    """

    token: str = field(repr=False)
    bot_username: str
    bot_name: str = "Briefing test bot"
    limits: FloodLimits | None = field(default_factory=FloodLimits)
    privacy: bool = True
    callback_ttl: float = 60.0
    inline_ttl: float = 10.0
    keep_calls: int = 200_000
    webhook_retry: float = 0.1
    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time

    @property
    def bot_id(self) -> int:
        """The number before the colon of the token."""
        return int(self.token.partition(":")[0])
