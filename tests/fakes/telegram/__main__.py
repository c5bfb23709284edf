"""The fake as a process: python -m tests.fakes.telegram --port N --log FILE."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes.telegram.backend import Backend
from tests.fakes.telegram.server import HANDLERS, http_server, listening_socket
from tests.fakes.telegram.service import Service
from tests.fakes.telegram.settings import FloodLimits, Settings

if TYPE_CHECKING:
    from tests.fakes.telegram.records import Accepted


def main() -> None:
    """Serve until a signal ends it; the address is the first line on stdout."""
    parser = argparse.ArgumentParser(prog="python -m tests.fakes.telegram", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--log", type=Path, help="append accepted calls here, one JSON a line")
    parser.add_argument("--token", default="1:TEST")
    parser.add_argument("--bot-username", default="briefing_test_bot")
    parser.add_argument("--no-limits", action="store_true", help="no flood control")
    parser.add_argument("--keep-calls", type=int, default=10_000, help="how many calls to remember")
    asked = parser.parse_args()
    settings = Settings(
        token=asked.token,
        bot_username=asked.bot_username,
        limits=None if asked.no_limits else FloodLimits(),
        keep_calls=asked.keep_calls,
    )
    backend = Backend(settings, HANDLERS)
    if asked.log is not None:
        lines = asked.log.open("a", encoding="utf-8", buffering=1)

        def write(record: Accepted) -> None:
            lines.write(record.to_json() + "\n")

        backend.journal.sink = write
    listener = listening_socket(asked.port)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    http_server(backend, Service(backend)).run(sockets=[listener])


if __name__ == "__main__":
    main()
