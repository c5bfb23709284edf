"""Work of many callers done in batches: who finds the worker free does that of all who wait."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(eq=False, slots=True)
class _Order(Generic[_In, _Out]):
    given: Sequence[_In]
    done: list[_Out] = field(default_factory=list)
    failed: Exception | None = None
    finished: bool = False


class Together(Generic[_In, _Out]):
    """Call it from any thread; one batch is at work at a time, first come, first served.

    No thread of its own: a caller alone waits for nobody, and pays nothing for the others.

    Args:
        work: does a batch, one result for each thing given, in order.
        most: things in a batch, at most, unless one caller gives more.
    """

    def __init__(self, work: Callable[[list[_In]], list[_Out]], *, most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: deque[_Order[_In, _Out]] = deque()
        self._queue = Lock()
        self._turn = Lock()

    def __call__(self, given: Sequence[_In]) -> list[_Out]:
        """Return what ``work`` makes of these; its error reaches all whose batch it was."""
        order: _Order[_In, _Out] = _Order(given)
        with self._queue:
            self._waiting.append(order)
        while not order.finished:
            with self._turn:
                if not order.finished:
                    self._serve(self._next())
        if order.failed is not None:
            raise order.failed
        return order.done

    def __len__(self) -> int:
        """Count the callers whose turn has not come."""
        return len(self._waiting)

    def _next(self) -> list[_Order[_In, _Out]]:
        with self._queue:
            taken = [self._waiting.popleft()]
            count = len(taken[0].given)
            while self._waiting and count + len(self._waiting[0].given) <= self._most:
                taken.append(self._waiting.popleft())
                count += len(taken[-1].given)
        return taken

    def _serve(self, orders: list[_Order[_In, _Out]]) -> None:
        try:
            results = iter(self._work([one for order in orders for one in order.given]))
            for order in orders:
                order.done = [next(results) for _ in order.given]
        except Exception as error:  # noqa: BLE001  (raised in each caller)
            for order in orders:
                order.failed = error
        finally:
            for order in orders:
                order.finished = True
