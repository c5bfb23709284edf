"""What the index needs from outside, as protocols: the contract is in each docstring.

Fakes and real adapters pass the same tests in tests/contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Where the present comes from; the only one."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...
