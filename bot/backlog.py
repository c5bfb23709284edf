"""What is claimed and not yet begun, handed out so that no chat gets two messages at once."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.deliveries import Claim


class Backlog:
    """Claims for a team of workers, until none is due.

    Args:
        claim: gets more claims; it is asked no more once it has returned none.
        low: asks for more when fewer than this are left.
    """

    def __init__(self, claim: Callable[[], Awaitable[list[Claim]]], low: int) -> None:
        self._claim = claim
        self._low = low
        self._claims: deque[Claim] = deque()
        self._busy: set[int] = set()
        self._asking = asyncio.Lock()
        self._closed = False
        self._dry = False
        self.taken = 0

    async def take(self) -> Claim | None:
        """Return a claim whose chat no other worker is sending to, None when there is no more."""
        if len(self._claims) < self._low and not self._dry:
            await self._ask()
        for claim in self._claims:
            if not self._closed and claim.place.chat_id not in self._busy:
                self._claims.remove(claim)
                self._busy.add(claim.place.chat_id)
                self.taken += 1
                return claim
        return None

    def done(self, claim: Claim) -> None:
        """Note that a claim was dealt with."""
        self._busy.discard(claim.place.chat_id)

    def close(self) -> None:
        """Hand out nothing more."""
        self._closed = True

    def left(self) -> list[Claim]:
        """Return the claims nobody has taken."""
        return list(self._claims)

    async def _ask(self) -> None:
        async with self._asking:
            if len(self._claims) < self._low and not self._closed and not self._dry:
                claims = await self._claim()
                self._claims += claims
                self._dry = not claims
