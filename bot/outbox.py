"""The outbox: fills deliveries, claims them, sends them, records what became of each part.

What is certain decides. Before a part's request leaves, the database says that it is about to; when
the answer is in, the database says what it was. A process that dies in between leaves exactly the
parts in doubt whose requests may have left.

The policy for unknown outcomes (a broken connection or a timeout after the request left, an
unreadable answer, a process that died while sending):

- The Bot API offers no way to ask whether a message was accepted, so a doubt can't be looked up. A
  button pressed under the message settles it.
- Otherwise the part is sent again after ``Policy.repeat_after`` (a minute, ten, an hour, six, a
  day), opening with a line that it may be a second copy. Each such part is counted (``repeats``).
- When the last of these times has gone by without a certain outcome, the delivery stays
  ``unknown``: it is listed, and nothing of it is sent again.
- Where nothing was accepted for certain (429, connection refused, 502), the same part is simply due
  again, with no line and no count. Where something was accepted, it is never sent again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.backlog import Backlog
from bot.deliveries import Accepted, Claim, Doubtful, Postponed, Started
from bot.delivery_policy import Breaker, Policy, verdict
from bot.ledger import Ledger
from bot.ports import ChannelError, MigratedError, Priority, UnavailableError
from index.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.digest_render import DigestRenderer
    from bot.digest_stores import Stores
    from bot.filling import Filler
    from bot.model import Message, Place, Sent
    from bot.presence import Presence
    from index.ports import Clock

log = logging.getLogger(__name__)

_KEPT_EDITIONS = 64


class Outlet(Protocol):
    """The messenger as digests leave through it: ``bot.ports.Channel``, and a word beforehand."""

    async def send(
        self,
        place: Place,
        message: Message,
        *,
        priority: Priority,
        silent: bool = False,
        leaving: Callable[[], Awaitable[None]] | None = None,
    ) -> Sent:
        """Send one message; ``leaving`` is awaited right before its request leaves."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSettings:
    """How the outbox works.

    Args:
        workers: messages in flight at once.
        breath: pause between two batches of filling, so that chats are answered meanwhile.
        grace: how long ``close`` waits for messages in flight.
    """

    policy: Policy = field(default_factory=Policy)
    workers: int = 16
    breath: timedelta = timedelta(milliseconds=12)
    grace: timedelta = timedelta(seconds=30)


class Outbox:
    """Fills and empties the outbox on the event loop; SQL and composing run off it.

    Begin with ``open``; then call ``fill`` and ``deliver`` again and again, as often as you like.
    """

    def __init__(
        self,
        stores: Stores,
        filler: Filler,
        outlet: Outlet,
        presence: Presence,
        clock: Clock,
        renderer: DigestRenderer,
        settings: OutboxSettings | None = None,
    ) -> None:
        self._stores = stores
        self._filler = filler
        self._outlet = outlet
        self._presence = presence
        self._clock = clock
        self._renderer = renderer
        self._settings = settings or OutboxSettings()
        self._ledger = Ledger(partial(stores.claims.record, clock=clock))
        self._parts: OrderedDict[int, tuple[Message, ...]] = OrderedDict()
        self._filling = asyncio.Lock()
        self._delivering = asyncio.Lock()
        self._breaker = Breaker(self._settings.policy)
        self._closing = False

    async def open(self) -> None:
        """Take back what earlier senders left, and compute all slots anew.

        Raises:
            StoreError: the database can't be used.
        """
        await asyncio.to_thread(self._presence.enter)
        await self.recover()
        now = self._clock.now()
        await self._keep_time(now)
        await asyncio.to_thread(self._stores.subscribers.realign, now)

    async def recover(self) -> None:
        """Take back what senders that live no more had claimed.

        Raises:
            StoreError: the database can't be used.
        """
        waits = self._settings.policy.repeat_after
        again = self._clock.now() + (waits[0] if waits else timedelta(0))
        claims = self._stores.claims

        def take_back() -> tuple[int, int]:
            gone = self._presence.gone(claims.claimers())
            if not gone:
                return 0, 0
            return claims.recover(gone, again=again, most_repeats=len(waits))

        back, doubtful = await asyncio.to_thread(take_back)
        if back or doubtful:
            log.warning("%d deliveries are due again, %d are in doubt", back, doubtful)

    async def fill(self) -> int:
        """Fill the outbox for every slot that has come and count the deliveries made.

        Raises:
            StoreError: the database can't be used; what is stored by then is whole.
        """
        async with self._filling:
            now = self._clock.now()
            await self._keep_time(now)
            made, position = 0, None
            while not self._closing:
                filled = await asyncio.to_thread(self._filler.fill, now, position)
                if filled.position is None:
                    break
                made, position = made + filled.made, filled.position
                await asyncio.sleep(self._settings.breath.total_seconds())
        return made

    async def deliver(self) -> int:
        """Send what is due until nothing is, and count the claims dealt with.

        Raises:
            StoreError: nothing can be claimed; what was sent is recorded nonetheless.
        """
        if self._delivering.locked():
            return 0
        async with self._delivering:
            if not self._breaker.may_try(asyncio.get_running_loop().time()):
                return 0
            return await self._round()

    async def close(self) -> None:
        """Claim nothing more, wait for what is in flight, and leave."""
        self._closing = True
        try:
            async with asyncio.timeout(self._settings.grace.total_seconds()):
                async with self._delivering, self._filling:
                    pass
        except TimeoutError:
            log.warning("messages were still in flight; their outcome is in doubt")
        await self._ledger.settle()
        await asyncio.to_thread(self._presence.leave)

    async def _keep_time(self, now: datetime) -> None:
        """Notice a clock that was set back since the last look, and by how much."""
        subscribers = self._stores.subscribers
        last = await asyncio.to_thread(subscribers.tick, now)
        if last is not None and now < last:
            log.warning("the clock went back from %s to %s", last, now)
            await asyncio.to_thread(subscribers.realign, now, back=last - now)

    async def _round(self) -> int:
        """Let the workers deliver until nothing is due; put back what they did not begin."""
        backlog = Backlog(self._claim, self._settings.workers)
        team = asyncio.gather(
            *(self._work(backlog) for _ in range(self._settings.workers)), return_exceptions=True
        )
        try:
            results = await asyncio.shield(team)
        finally:
            # Cancelled or not: a message in flight is waited for, for its outcome.
            backlog.close()
            await asyncio.shield(team)
            await self._ledger.write(*map(_put_back, backlog.left()))
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return backlog.taken

    async def _work(self, backlog: Backlog) -> None:
        try:
            while self._goes_on() and (claim := await backlog.take()) is not None:
                self._ledger.join()
                try:
                    await self._handle(claim)
                finally:
                    self._ledger.leave()
                    backlog.done(claim)
        except BaseException:
            backlog.close()  # the others end what they are at and begin nothing more
            raise

    def _goes_on(self) -> bool:
        now = asyncio.get_running_loop().time()
        return not self._closing and self._breaker.may_try(now)

    async def _claim(self) -> list[Claim]:
        return await asyncio.to_thread(
            self._stores.claims.claim,
            self._presence.sender,
            now=self._clock.now(),
            limit=self._settings.workers * 4,
        )

    async def _handle(self, claim: Claim) -> None:
        """Deliver, and put the delivery back where the database fails before anything is sent."""
        try:
            await self._deliver(claim)
        except StoreError:
            await self._ledger.write(_put_back(claim))
            raise

    async def _deliver(self, claim: Claim) -> None:
        """Send the parts of one delivery that were not accepted yet."""
        parts = await self._parts_of(claim.edition_id)
        if len(claim.message_ids) >= len(parts):  # a button told that the last one arrived
            await self._ledger.write(_accepted(claim, last=True, repeat=False))
        moved = False
        while len(claim.message_ids) < len(parts):
            try:
                sent = await self._send(claim, parts[len(claim.message_ids)])
            except MigratedError as error:
                if moved:
                    await self._fail(claim, error)
                    return
                moved = True
                claim = await self._migrated(claim, error.chat_id)
            except ChannelError as error:
                await self._fail(claim, error)
                return
            else:
                self._breaker.succeeded()
                repeat = claim.doubtful
                claim = replace(
                    claim,
                    message_ids=(*claim.message_ids, *sent.message_ids[:1]),
                    repeats=claim.repeats + repeat,
                    doubtful=False,
                    attempts=0,
                )
                last = len(claim.message_ids) == len(parts)
                # Stored together with the next word that a request is about to leave.
                self._ledger.post(_accepted(claim, last=last, repeat=repeat))

    async def _send(self, claim: Claim, part: Message) -> Sent:
        message = self._renderer.repeated(part) if claim.doubtful else part

        async def leaving() -> None:
            await self._ledger.write(Started(delivery_id=claim.id))

        return await self._outlet.send(
            claim.place, message, priority=Priority.DIGEST, silent=claim.silent, leaving=leaving
        )

    async def _fail(self, claim: Claim, error: ChannelError) -> None:
        outcome = verdict(error, claim, self._settings.policy)
        if isinstance(outcome, Doubtful) or isinstance(error, UnavailableError):
            self._breaker.failed(asyncio.get_running_loop().time())
        await self._ledger.write(outcome)
        log.info("delivery %d: %s", claim.id, error)

    async def _migrated(self, claim: Claim, chat_id: int) -> Claim:
        old = claim.place.chat_id
        migrate = self._stores.claims.migrate
        await asyncio.to_thread(migrate, old, chat_id, now=self._clock.now())
        return replace(claim, place=replace(claim.place, chat_id=chat_id))

    async def _parts_of(self, edition_id: int) -> tuple[Message, ...]:
        parts = self._parts.get(edition_id)
        if parts is None:
            parts = await asyncio.to_thread(self._stores.editions.parts, edition_id)
            self._parts[edition_id] = parts
            if len(self._parts) > _KEPT_EDITIONS:
                self._parts.popitem(last=False)
        return parts


def _accepted(claim: Claim, *, last: bool, repeat: bool) -> Accepted:
    return Accepted(delivery_id=claim.id, message_ids=claim.message_ids, last=last, repeat=repeat)


def _put_back(claim: Claim) -> Postponed:
    return Postponed(delivery_id=claim.id, wait=timedelta(0), attempts=claim.attempts, reason="")
