"""How updates come in, as the settings have it: fetched by one process, or brought to many."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.polling import polling
from bot.update_claims import UpdateClaims

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from sqlalchemy import Engine

    from bot.polling import App
    from bot.ports import Channel
    from bot.presence import Presence
    from bot.sender import PacedChannel
    from bot.settings import Settings
    from bot.telegram import Updates
    from bot.wiring import Parts
    from index.ports import Clock

    Open = Callable[[App], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """One way in.

    Args:
        channel: replies go through it.
        memory: tells the chat which updates are new.
        open: receives updates while its context is open.
        prune: forgets updates that came before a moment.
    """

    channel: Channel
    memory: Updates
    open: Open
    prune: Callable[[datetime], int]


def receiving_for(
    settings: Settings,
    engine: Engine,
    parts: Parts,
    *,
    channel: PacedChannel,
    presence: Presence,
    clock: Clock,
    secret: str,
) -> Receiving:
    """Wire polling, or a webhook where the settings name one."""
    if not settings.webhook.url:
        memory = parts.conversations
        return Receiving(channel=channel, memory=memory, open=polling, prune=memory.prune_updates)
    from bot.webhook import NewToThisWorker, NotedReplies, webhook

    claims = UpdateClaims(engine, presence)
    return Receiving(
        channel=NotedReplies(channel, claims, parts.digests.repeated),
        memory=NewToThisWorker(),
        open=partial(webhook, claims=claims, clock=clock, settings=settings, secret=secret),
        prune=claims.prune,
    )
