"""Bare Bot API calls over HTTP, for tests that want the server's own answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeAlias

import httpx

if TYPE_CHECKING:
    from types import TracebackType

    from tests.fakes.telegram.server import FakeTelegram

Answer: TypeAlias = tuple[int, dict[str, Any]]


class Api:
    """Calls with JSON bodies; `http` makes any other request under /bot<token>/."""

    def __init__(self, server: FakeTelegram) -> None:
        self.http = httpx.Client(
            base_url=f"{server.url}/bot{server.settings.token}/", trust_env=False, timeout=20
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.http.close()

    def __call__(self, method: str, **values: object) -> Answer:
        """The status and the whole answer."""
        answer = self.http.post(method, json=values)
        return answer.status_code, answer.json()

    def ok(self, method: str, **values: object) -> Any:
        """The result of a call that succeeds."""
        status, answer = self(method, **values)
        assert status == 200, answer
        assert answer["ok"] is True
        return answer["result"]

    def error(self, method: str, **values: object) -> str:
        """The description of a call that is refused."""
        status, answer = self(method, **values)
        assert answer["ok"] is False, answer
        assert answer["error_code"] == status
        return str(answer["description"])
