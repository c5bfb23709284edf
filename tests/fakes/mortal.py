"""Processes that die: a bench whose every step may be the last, as SIGKILL would have it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.claim_store import ClaimStore
from bot.delivery_store import DeliveryStore
from bot.edition_store import EditionStore
from tests.fakes.channel import DigestBench, FakeChannel

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from bot.deliveries import Claim, Filling, Outcome
    from bot.editions import Edition
    from bot.model import Message, Place, Sent
    from bot.ports import Priority
    from index.ports import Clock


class Death(BaseException):
    """The process is gone. No handler of an ordinary error may catch it."""


def expect_deaths() -> None:
    """Let the running loop keep quiet about tasks nobody was left to wait for."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not isinstance(context.get("exception"), Death):
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handle)


@dataclass
class Life:
    """Ends after so many more steps; None never. Once over, every step fails."""

    steps: int | None = None
    over: bool = False

    def step(self) -> None:
        """Do one step, or die."""
        if self.over:
            raise Death
        if self.steps is not None:
            self.steps -= 1
            if self.steps < 0:
                self.over = True
                raise Death

    def renew(self) -> None:
        """Begin again, without an end."""
        self.steps, self.over = None, False


class MortalClaims(ClaimStore):
    """Claims that may be cut off before or after each transaction."""

    life: Life

    def claim(self, sender: int, *, now: datetime, limit: int) -> list[Claim]:
        self.life.step()
        claims = super().claim(sender, now=now, limit=limit)
        self.life.step()
        return claims

    def record(self, outcomes: Sequence[Outcome], clock: Clock) -> None:
        self.life.step()
        super().record(outcomes, clock)
        self.life.step()


class MortalDeliveries(DeliveryStore):
    """Filling that may be cut off before or after each transaction."""

    life: Life

    def fill(self, fillings: Sequence[Filling], *, now: datetime) -> int:
        self.life.step()
        made = super().fill(fillings, now=now)
        self.life.step()
        return made


class MortalEditions(EditionStore):
    """Composing that may be cut off before or after an edition is stored."""

    life: Life

    def add(
        self, key: str, edition: Edition, parts: Iterable[Message], *, empty: str, at: datetime
    ) -> int:
        self.life.step()
        number = super().add(key, edition, parts, empty=empty, at=at)
        self.life.step()
        return number


@dataclass
class MortalChannel(FakeChannel):
    """Sending that may be cut off before the request, after it, or after its acceptance."""

    life: Life | None = None

    async def send(
        self,
        place: Place,
        message: Message,
        *,
        priority: Priority,
        silent: bool = False,
        leaving: Callable[[], Awaitable[None]] | None = None,
    ) -> Sent:
        """Send as the fake does."""
        assert self.life is not None
        self.life.step()
        if leaving is not None:
            await leaving()
        self.life.step()
        sent = await super().send(place, message, priority=priority, silent=silent)
        self.life.step()
        return sent


def mortal(bench: DigestBench) -> tuple[DigestBench, Life]:
    """Return the bench with stores and a channel that die with the life returned."""
    life = Life()
    claims, deliveries = MortalClaims(bench.engine), MortalDeliveries(bench.engine)
    editions = MortalEditions(bench.engine)
    for each in (claims, deliveries, editions):
        each.life = life
    bench.stores = replace(bench.stores, claims=claims, deliveries=deliveries, editions=editions)
    bench.channel = MortalChannel(life=life)
    bench.restart()
    return bench, life
