"""What the bot does at its hours: digests, the index, feeds, folders, and what keeps them going."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.privacy import UPDATES_KEPT
from bot.schedule import Job
from index.robots import StoppedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from bot.build import Watching
    from bot.leadership import Leadership
    from bot.outbox import Outbox
    from bot.presence import Presence
    from bot.settings import Settings
    from bot.sharing import SharedGate
    from bot.wiring import Parts
    from index.library import Library
    from index.model import IngestResult
    from index.ports import Clock

    Run = Callable[[], Awaitable[object]]

_HOUSEKEEPING: Final = timedelta(hours=6)
_PRESENCE: Final = timedelta(seconds=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """The jobs of one worker, over what it is made of; some are the leader's alone."""

    settings: Settings
    library: Library
    parts: Parts
    watching: Watching
    outbox: Outbox
    presence: Presence
    leadership: Leadership
    gate: SharedGate
    prune_updates: Callable[[datetime], int]
    clock: Clock

    def all(self) -> list[Job]:
        """List them, each with how often it runs."""
        settings, only = self.settings, self.leadership.only
        return [
            Job(name="presence", every=_PRESENCE, run=self._live),
            _job("digests", settings.digest.tick_seconds, self._digests),
            _job("index", settings.index.follow_seconds, self._follow),
            _job("feeds", settings.feeds.tick_seconds, only(self._feeds)),
            _job("folders", settings.folders.tick_seconds, only(self._folders)),
            Job(name="housekeeping", every=_HOUSEKEEPING, run=self._housekeeping),
        ]

    async def _live(self) -> None:
        await asyncio.to_thread(self.presence.enter)
        self.gate.share(await asyncio.to_thread(self.presence.living))

    async def _digests(self) -> None:
        """Compose where this worker leads; every worker sends."""
        if await asyncio.to_thread(self.leadership.leads):
            if self.leadership.is_settled():
                await self.outbox.recover()
            await self.outbox.fill()
        await self.outbox.deliver()

    async def _follow(self) -> None:
        if await asyncio.to_thread(self.library.follow, log_progress):
            await asyncio.to_thread(self.parts.examples.look)

    async def _feeds(self) -> None:
        await asyncio.to_thread(_poll, self.watching)

    async def _folders(self) -> None:
        await asyncio.to_thread(_look, self.watching)

    async def _housekeeping(self) -> None:
        now = self.clock.now()
        await asyncio.to_thread(self.prune_updates, now - UPDATES_KEPT)
        kept = timedelta(days=self.settings.chat.answers_kept_days)
        for prune in (self.parts.conversations.prune_turns, *self.parts.manners.prune):
            await asyncio.to_thread(prune, now - kept)


def _job(name: str, seconds: int, run: Run) -> Job:
    return Job(name=name, every=timedelta(seconds=seconds), run=run)


def _poll(watching: Watching) -> None:
    """Poll what is due; a poll that the stopping bot ends stays due."""
    with suppress(StoppedError):
        for poll in watching.feeds.due():
            if poll.error:
                log.warning("feed %s: %s", poll.status, poll.error)
            _log_failures(poll.results)


def _look(watching: Watching) -> None:
    for look in watching.folders.look():
        if look.error:
            log.warning("folder: %s", look.error)
        _log_failures(look.results)


def _log_failures(results: Sequence[IngestResult]) -> None:
    for result in results:
        if result.error:
            log.warning("not read: %s", result.error)


def log_progress(stage: str, done: int, total: int) -> None:
    """Log how far the index has come."""
    log.info("%s: %d of %d", stage, done, total)
