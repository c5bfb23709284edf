"""/control/…: what tests in another process read and do. Loopback only, no token.

POST /control/act      {"action": name, "args": {…}}: a method of `Actions`; answers {"result": …}
POST /control/faults   the fields of a `Fault`; DELETE forgets all faults
POST /control/limits   {"limits": null} switches flood control off, {"limits": {…}} sets it
GET  /control/log      ?after=SEQ: accepted calls with a greater sequence number
GET  /control/calls    ?after=SEQ: every remembered call
GET  /control/checks   violations, dropped entities, early retries, unanswered buttons, faults left
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.telegram.actions import Actions
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.limits import FloodControl
from tests.fakes.telegram.settings import FloodLimits

if TYPE_CHECKING:
    from starlette.requests import Request

    from tests.fakes.telegram.backend import Backend
    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.records import Call

ACTIONS = frozenset({
    "private", "privates", "group", "supergroup", "channel", "topic", "close_topic", "set_status",
    "kick_bot", "add_bot", "user_blocks", "user_unblocks", "deactivate", "mute", "delete_chat",
    "vanish", "migrate", "user_says", "user_sends_document", "user_edits", "message_vanishes",
    "press", "press_inline", "unanswered", "expire_queries", "inline_query", "choose_result",
    "inject", "age_messages",
})  # fmt: skip


class Control:
    """The endpoints that drive one server."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.actions = Actions(backend)

    def routes(self) -> list[Route]:
        """Where they are."""
        return [
            Route("/control/act", self.act, methods=["POST"]),
            Route("/control/faults", self.faults, methods=["POST", "DELETE"]),
            Route("/control/limits", self.limits, methods=["POST"]),
            Route("/control/log", self.log),
            Route("/control/calls", self.calls),
            Route("/control/checks", self.checks),
        ]

    async def act(self, request: Request) -> Response:
        """Do what people do."""
        asked = await request.json()
        name = asked.get("action")
        if name not in ACTIONS:
            return _wrong(f"no action {name!r}; there are {', '.join(sorted(ACTIONS))}")
        try:
            return JSONResponse({"result": getattr(self.actions, name)(**asked.get("args", {}))})
        except (LookupError, TypeError, ValueError) as error:
            return _wrong(f"{name}: {error}")

    async def faults(self, request: Request) -> Response:
        """Add a fault, or forget all."""
        with self.backend.lock:
            if request.method == "DELETE":
                self.backend.faults.clear()
        if request.method == "POST":
            try:
                fault = Fault(**await request.json())
            except (TypeError, ValueError) as error:
                return _wrong(str(error))
            with self.backend.lock:
                self.backend.faults.put(fault)
        return JSONResponse({"waiting": len(self.backend.faults.waiting)})

    async def limits(self, request: Request) -> Response:
        """Change flood control."""
        wanted = (await request.json())["limits"]
        with self.backend.lock:
            self.backend.flood = FloodControl(None if wanted is None else FloodLimits(**wanted))
        return JSONResponse({"limits": wanted})

    async def log(self, request: Request) -> Response:
        """Show accepted calls."""
        after = int(request.query_params.get("after", "-1"))
        records = [record.to_dict() for record in self.backend.journal.log[after + 1 :]]
        return JSONResponse({"log": records})

    async def calls(self, request: Request) -> Response:
        """Show every call."""
        after = int(request.query_params.get("after", "0"))
        with self.backend.lock:
            shown = [_call(call) for call in self.backend.journal.calls if call.seq > after]
        return JSONResponse({"calls": shown})

    async def checks(self, _: Request) -> Response:
        """Show what a test asserts to be empty."""
        journal = self.backend.journal
        with self.backend.lock:
            return JSONResponse(
                {
                    "violations": [asdict(each) for each in journal.violations],
                    "dropped_entities": [asdict(each) for each in journal.dropped_entities],
                    "early_retries": [asdict(each) for each in journal.early_retries],
                    "unanswered": self.actions.unanswered(),
                    "faults": [asdict(each) for each in self.backend.faults.waiting],
                }
            )


def _wrong(why: str) -> Response:
    return JSONResponse({"error": why}, status_code=400)


def _call(call: Call) -> JsonObject:
    shown: JsonObject = json.loads(json.dumps(asdict(call), default=lambda answer: answer.decode()))
    return shown
