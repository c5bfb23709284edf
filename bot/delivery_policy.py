"""What to do when sending does not simply succeed: decided here, carried out by the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.deliveries import Claim, Doubtful, Outcome, Postponed, Refused
from bot.ports import (
    BlockedError,
    ChannelError,
    GoneError,
    MigratedError,
    RejectedError,
    RetryAfterError,
    UnavailableError,
)

_ATTEMPTS_COUNTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What to do when sending does not simply succeed.

    Args:
        repeat_after: waits before a part with an unknown outcome is sent again, one each.
        retry_first: wait after the messenger was not to be reached; doubles up to ``retry_most``.
        trouble: failures in a row without a success that end a round; the next begins after
            ``rest_first``, doubling up to ``rest_most``.
    """

    repeat_after: tuple[timedelta, ...] = (
        timedelta(minutes=1),
        timedelta(minutes=10),
        timedelta(hours=1),
        timedelta(hours=6),
        timedelta(days=1),
    )
    retry_first: timedelta = timedelta(seconds=5)
    retry_most: timedelta = timedelta(minutes=5)
    trouble: int = 5
    rest_first: timedelta = timedelta(seconds=5)
    rest_most: timedelta = timedelta(minutes=1)


def verdict(error: ChannelError, claim: Claim, policy: Policy) -> Outcome:
    """Decide what a failed part means for its delivery."""
    reason = str(error)
    match error:
        case RetryAfterError():
            return Postponed(
                delivery_id=claim.id,
                wait=timedelta(seconds=error.seconds),
                attempts=claim.attempts,
                reason=reason,
            )
        case UnavailableError() | MigratedError():
            wait = policy.retry_first * 2 ** min(claim.attempts, _ATTEMPTS_COUNTED)
            return Postponed(
                delivery_id=claim.id,
                wait=min(wait, policy.retry_most),
                attempts=claim.attempts + 1,
                reason=reason,
            )
        case BlockedError() | GoneError():
            whole = isinstance(error, BlockedError) or claim.place.thread_id is None
            return Refused(delivery_id=claim.id, reason=reason, ends=True, whole_chat=whole)
        case RejectedError():
            return Refused(delivery_id=claim.id, reason=reason, ends=False, whole_chat=False)
        case _:
            repeats = claim.repeats + claim.doubtful
            left = policy.repeat_after[repeats:]
            wait = left[0] if left else None
            return Doubtful(delivery_id=claim.id, repeat=claim.doubtful, wait=wait, reason=reason)


class Breaker:
    """Stops sending for a while when nothing goes through, so that few outcomes end in doubt."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._failures = 0
        self._until = float("-inf")

    def may_try(self, now: float) -> bool:
        """Tell whether sending makes sense."""
        return now >= self._until

    def failed(self, now: float) -> None:
        """Count a failure."""
        self._failures += 1
        over = self._failures - self._policy.trouble
        if over >= 0:
            rest = self._policy.rest_first * 2 ** min(over, _ATTEMPTS_COUNTED)
            self._until = now + min(rest, self._policy.rest_most).total_seconds()

    def succeeded(self) -> None:
        """Count a success."""
        self._failures = 0
