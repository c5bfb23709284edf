"""A strict fake of Telegram's Bot API server (Bot API 10.0) for tests, on loopback."""

from tests.fakes.telegram.faults import Fault, FaultKind
from tests.fakes.telegram.records import Accepted, Call, FileNote, Violation
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.settings import FloodLimits, Settings

__all__ = [
    "Accepted",
    "Call",
    "FakeTelegram",
    "Fault",
    "FaultKind",
    "FileNote",
    "FloodLimits",
    "Settings",
    "Violation",
]
