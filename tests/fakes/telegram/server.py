"""The fake as tests use it: a server on loopback in a thread, with hands and eyes."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import TYPE_CHECKING, Self

import uvicorn

from tests.fakes.telegram import (
    methods_bot,
    methods_chats,
    methods_media,
    methods_messages,
    methods_queries,
)
from tests.fakes.telegram.actions import Actions
from tests.fakes.telegram.app import App
from tests.fakes.telegram.backend import Backend, Handler
from tests.fakes.telegram.limits import FloodControl
from tests.fakes.telegram.service import Service
from tests.fakes.telegram.settings import FloodLimits, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.faults import FaultQueue
    from tests.fakes.telegram.records import (
        Accepted,
        Call,
        DroppedEntities,
        EarlyRetry,
        Violation,
    )

HANDLERS: dict[str, Handler] = {
    **methods_bot.HANDLERS,
    **methods_chats.HANDLERS,
    **methods_media.HANDLERS,
    **methods_messages.HANDLERS,
    **methods_queries.HANDLERS,
}
START_SECONDS = 10.0
DEFAULT_TIMEOUT = 10.0
_BACKLOG = 2048


def listening_socket(port: int = 0) -> socket.socket:
    """A socket that listens on loopback."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    made.listen(_BACKLOG)
    return made


def http_server(backend: Backend, service: Service) -> uvicorn.Server:
    """The web server of a backend, quiet."""
    config = uvicorn.Config(
        App(backend, service),
        log_config=None,
        log_level="critical",
        access_log=False,
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=1,
        server_header=False,
        date_header=False,
    )
    return uvicorn.Server(config)


class FakeTelegram(Actions):
    """A strict Bot API server for one bot.

    with FakeTelegram(token="1:TEST", bot_username="briefing_test_bot") as server:
        … start a bot on server.url …
        server.user_says(1001, "/start")
        record = server.wait_for(chat_id=1001, contains="Welcome")
        server.press(record, label="Footnotes")
        server.assert_clean()
    """

    def __init__(
        self,
        token: str = "1:TEST",  # noqa: S107 — opens nothing
        bot_username: str = "briefing_test_bot",
        *,
        limits: FloodLimits | None = FloodLimits(),  # noqa: B008  (frozen)
        settings: Settings | None = None,
        port: int = 0,
    ) -> None:
        self.settings = settings or Settings(token=token, bot_username=bot_username, limits=limits)
        super().__init__(Backend(self.settings, HANDLERS))
        self._port = port
        self._service = Service(self.backend)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.url = ""

    # -- life ---------------------------------------------------------------------------------

    def start(self) -> Self:
        """Listen; `url` is then the part before /bot<token>."""
        listener = listening_socket(self._port)
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = self._server = http_server(self.backend, self._service)

        def serve() -> None:
            with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
                runner.run(server.serve(sockets=[listener]))

        self._thread = threading.Thread(target=serve, name="fake-telegram", daemon=True)
        self._thread.start()
        if not self._service.ready.wait(START_SECONDS):
            raise TimeoutError(f"the fake server didn't start within {START_SECONDS} seconds")
        return self

    def stop(self) -> None:
        """Close every connection and stop listening."""
        if self._server is None or self._thread is None:
            return
        self._service.close_soon()
        self._server.should_exit = True
        self._thread.join(START_SECONDS)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- eyes ---------------------------------------------------------------------------------

    @property
    def faults(self) -> FaultQueue:
        """Faults to come."""
        return self.backend.faults

    @property
    def log(self) -> Sequence[Accepted]:
        """Accepted calls, in order."""
        return self.backend.journal.log

    @property
    def calls(self) -> Sequence[Call]:
        """Every call with its answer, in order."""
        with self.backend.lock:
            return list(self.backend.journal.calls)

    @property
    def violations(self) -> Sequence[Violation]:
        """What the bot did that isn't allowed or known."""
        return self.backend.journal.violations

    @property
    def dropped_entities(self) -> Sequence[DroppedEntities]:
        """Messages that lost entities past the hundredth."""
        return self.backend.journal.dropped_entities

    @property
    def early_retries(self) -> Sequence[EarlyRetry]:
        """Sends that didn't wait for the end of a 429."""
        return self.backend.journal.early_retries

    @property
    def callback_answers(self) -> dict[str, JsonObject]:
        """Callback query id → what the person saw (text, show_alert, url)."""
        return self.backend.callback_answers

    @property
    def inline_answers(self) -> dict[str, JsonObject]:
        """Inline query id → results, next_offset, button."""
        return self.backend.inline_answers

    @property
    def chat_actions(self) -> Sequence[tuple[int, str, int | None]]:
        """(chat_id, action, message_thread_id) of every sendChatAction."""
        return self.backend.actions

    @property
    def commands(self) -> dict[str, list[object]]:
        """The command menu, by scope, ids and language joined with slashes."""
        return self.backend.profile.commands

    def sent(self, chat_id: int | None = None, method: str | None = None) -> list[Accepted]:
        """The accepted calls to a chat, of a method."""
        return [
            record
            for record in self.log
            if (chat_id is None or record.chat_id == chat_id)
            and (method is None or record.method == method)
        ]

    def text_of(self, chat_id: int, message_id: int) -> str:
        """The text or caption that a message shows now."""
        with self.backend.lock:
            return self.chat(chat_id).messages[message_id].text

    def set_limits(self, limits: FloodLimits | None) -> None:
        """Change flood control, None for off; counts start anew."""
        with self.backend.lock:
            self.backend.flood = FloodControl(limits)

    def assert_clean(self) -> None:
        """Fail when the bot broke a rule of the Bot API."""
        found = [f"{each.method}: {each.what}" for each in self.violations]
        found += [
            f"{each.method} to {each.chat_id}: {each.count} entities dropped"
            for each in self.dropped_entities
        ]
        assert not found, "the bot broke the rules of the Bot API:\n" + "\n".join(found)

    def wait_for(
        self,
        matches: Callable[[Accepted], bool] | None = None,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        contains: str | None = None,
        after: int = -1,
        count: int = 1,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Accepted:
        """Wait for the `count`-th accepted call that fits, with a `seq` greater than `after`.

        Raises:
            AssertionError: not within `timeout` seconds; says what was accepted instead.
        """

        def fits(record: Accepted) -> bool:
            return (
                (method is None or record.method == method)
                and (chat_id is None or record.chat_id == chat_id)
                and (contains is None or contains in (record.text or ""))
                and (matches is None or matches(record))
            )

        journal, deadline = self.backend.journal, time.monotonic() + timeout
        at, found = after + 1, 0
        while True:
            # not under the condition: `matches` may ask the server things
            for record in journal.log[at:]:
                at += 1
                found += fits(record)
                if found == count:
                    return record
            with journal.changed:
                left = deadline - time.monotonic()
                if len(journal.log) <= at and (left <= 0 or not journal.changed.wait(left)):
                    break
        seen = [f"{r.method} {r.chat_id}: {(r.text or '')[:80]!r}" for r in journal.log[-10:]]
        raise AssertionError(
            f"waited {timeout} s for {method or 'a call'} to {chat_id or 'anyone'}"
            f"{f' with {contains!r}' if contains else ''}; the last accepted calls:\n"
            + ("\n".join(seen) or "(none)")
        )

    async def wait(
        self,
        matches: Callable[[Accepted], bool] | None = None,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        contains: str | None = None,
        after: int = -1,
        count: int = 1,
        timeout: float = DEFAULT_TIMEOUT,  # noqa: ASYNC109
    ) -> Accepted:
        """`wait_for` for a test whose bot runs on the same event loop."""
        return await asyncio.to_thread(
            self.wait_for,
            matches,
            method=method,
            chat_id=chat_id,
            contains=contains,
            after=after,
            count=count,
            timeout=timeout,
        )
