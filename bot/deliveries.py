"""The values of delivering: who is due, what was claimed, what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.model import Place
    from bot.plan import Standing
    from bot.subscriptions import Subscription

UNSUBSCRIBED: Final = "unsubscribed"


class State(StrEnum):
    """How a delivery stands.

    ``due`` waits for its time, ``claimed`` is in a sender's hands, ``unknown`` may have been
    accepted; ``sent``, ``skipped`` (why) and ``failed`` (why) are final.
    """

    DUE = "due"
    CLAIMED = "claimed"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A stored subscription.

    Args:
        ended: why it ended (``UNSUBSCRIBED``, or what the messenger said), None while active.
        settled: slots up to here are done with.
        next_due: the next slot, None when ended.
        version: grows with each change; a plan made from an older one is not carried out.
    """

    id: int
    place: Place
    wanted: Subscription
    ended: str | None
    standing: Standing
    settled: datetime
    next_due: datetime | None
    version: int

    @property
    def is_active(self) -> bool:
        """Tell whether digests come."""
        return self.ended is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A delivery nothing of which was sent yet: a later edition may take its place.

    ``standing`` is how far the subscriber had come before it.
    """

    delivery_id: int
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """One slot of one subscriber, decided: an edition to deliver, or why there is none.

    Args:
        subscriber: as it was when this was decided.
        slot: what this fills; None only moves ``next_due`` on.
        edition_id: what to deliver, None to skip for ``reason``.
        standing: how far the subscriber has come after it.
        replaces: a pending delivery this one also covers.
    """

    subscriber: Subscriber
    slot: datetime | None
    next_due: datetime
    edition_id: int | None = None
    reason: str = ""
    standing: Standing
    replaces: Pending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery in this sender's hands.

    Args:
        parts_sent: how many messages of the edition were accepted; ``message_ids`` are theirs.
        doubtful: the next part may have been accepted already.
        attempts: tries in a row that the messenger was not to be reached.
        repeats: parts sent again so far although an earlier copy may have been accepted.
    """

    id: int
    place: Place
    edition_id: int
    silent: bool
    parts_sent: int
    message_ids: tuple[int, ...]
    doubtful: bool
    attempts: int
    repeats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A part's request is about to leave."""

    delivery_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Parts up to ``len(message_ids)`` were accepted; ``last`` ends the delivery.

    ``repeat``: an earlier copy of the newest of them may have been accepted too.
    """

    delivery_id: int
    repeat: bool
    message_ids: tuple[int, ...]
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """Nothing was accepted: again after ``wait``. ``attempts`` is the new count."""

    delivery_id: int
    wait: timedelta
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """The part may have been accepted: sent again after ``wait``, or left alone where None.

    ``repeat``: so may an earlier copy of it.
    """

    delivery_id: int
    repeat: bool
    wait: timedelta | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The messenger refuses for good: ``failed`` for the message, else the subscription ends.

    ``whole_chat`` tells whether all of the chat's subscriptions end with it.
    """

    delivery_id: int
    reason: str
    ends: bool
    whole_chat: bool


# None holds a moment: waits begin when an outcome is stored, by the clock of that time.
Outcome = Started | Accepted | Postponed | Doubtful | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """One delivery as an operator sees it.

    Args:
        not_before: when it is tried (again), None when nothing more is to come.
        finished: when it was sent, skipped or given up.
    """

    id: int
    place: Place
    edition_id: int | None
    slot: datetime
    state: State
    reason: str
    parts_sent: int
    repeats: int
    message_ids: tuple[int, ...]
    not_before: datetime | None
    finished: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why ``count`` deliveries are in a state nobody wants."""

    state: State
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How deliveries stand.

    Args:
        states: count by state.
        repeats: parts sent a second time because the first outcome was unknown.
        oldest: slot of the longest waiting delivery of each state that is not final.
        problems: the most frequent reasons of deliveries that failed or are in doubt.
        active: subscriptions that get digests.
        ended: count of ended subscriptions by reason.
    """

    states: dict[State, int]
    repeats: int
    oldest: dict[State, datetime]
    problems: tuple[Problem, ...]
    active: int
    ended: dict[str, int]
