"""A ``VectorIndex`` on a server that may be away, or come back with another collection."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final, TypeVar

from index.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from index.ports import Hit, Indexed, Vector, VectorIndex, Window

    Act = Callable[[VectorIndex], "Done"]

Done = TypeVar("Done")

_PAUSES: Final = (0.1, 0.5)  # a server that restarts takes longer: whoever asks is told so

log = logging.getLogger(__name__)


class ReconnectingVectors:
    """Opens the index on first use, and anew after it failed.

    Args:
        connect: opens the index.
        address: what to call the server.
        pauses: seconds to wait before each further try.
    """

    def __init__(
        self,
        connect: Callable[[], VectorIndex],
        address: str,
        pauses: Sequence[float] = _PAUSES,
    ) -> None:
        self._connect = connect
        self._address = address
        self._pauses = pauses
        self._opened: VectorIndex | None = None

    @property
    def instance(self) -> str:
        """Name this copy of the collection."""
        return self._try(lambda index: index.instance)

    def upsert(self, passages: Sequence[Indexed]) -> None:
        """Store passages, replacing those of the same id."""
        self._try(lambda index: index.upsert(passages))

    def delete(self, ids: Sequence[str]) -> None:
        """Forget passages by id."""
        self._try(lambda index: index.delete(ids))

    def count(self) -> int:
        """Count the passages held."""
        return self._try(lambda index: index.count())

    def nearest(self, vector: Vector, *, top: int, window: Window) -> list[Hit]:
        """Return up to ``top`` passages by cosine similarity, best first."""
        return self._try(lambda index: index.nearest(vector, top=top, window=window))

    def _try(self, act: Act[Done]) -> Done:
        """Act, and again where the server fails: every call here may be repeated."""
        for pause in self._pauses:
            try:
                return self._once(act)
            except StoreError as error:
                log.info("Chroma at %s, next try in %.1f s: %s", self._address, pause, error)
                time.sleep(pause)
        try:
            return self._once(act)
        except StoreError as error:
            raise StoreError(
                f"the Chroma server at {self._address} is not to be used for now ({error}); what"
                " needs it goes on when it answers again"
            ) from error

    def _once(self, act: Act[Done]) -> Done:
        index = self._opened
        try:
            if index is None:
                index = self._opened = self._connect()
            return act(index)
        except StoreError:
            self._opened = None  # its collection may be another by now
            raise
