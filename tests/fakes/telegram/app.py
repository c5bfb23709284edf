"""The HTTP side: Bot API calls, file downloads, and the control endpoints for other processes."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from tests.fakes.telegram import params
from tests.fakes.telegram.control import Control
from tests.fakes.telegram.errors import ApiError
from tests.fakes.telegram.methods_media import MAX_DOWNLOAD, MAX_UPLOAD
from tests.fakes.telegram.service import Service, gone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive, Scope, Send

    from tests.fakes.telegram.backend import Backend
    from tests.fakes.telegram.calls import Reply

# room for the other fields of a call with a file of the largest size
MAX_BODY = MAX_UPLOAD + (1 << 20)
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+\Z")
_TRANSPORT = "fake_telegram.transport"


@runtime_checkable
class _Transport(Protocol):
    """A connection, of whichever event loop."""

    def close(self) -> None:
        """Close it."""


class App:
    """Starlette, plus each connection's transport so that a fault can cut it."""

    def __init__(self, backend: Backend, service: Service) -> None:
        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            service.start()
            yield
            await service.stop()

        self._app = Starlette(
            routes=[
                Route("/bot{token}/{method}", BotCall(backend, service)),
                Route("/file/bot{token}/{path:path}", FileDownload(backend)),
                *Control(backend).routes(),
            ],
            lifespan=lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            # uvicorn's `send` is a method of the request's cycle, which knows the transport
            scope[_TRANSPORT] = getattr(getattr(send, "__self__", None), "transport", None)
        await self._app(scope, receive, send)


def refusal(backend: Backend, token: str) -> Reply | None:
    """The answer to a wrong token, None for the right one."""
    if token == backend.settings.token:
        if not backend.logged_out:
            return None
        error = ApiError(400, "Logged out")
    elif _TOKEN.match(token):
        error = ApiError(401, "Unauthorized")
    else:
        error = ApiError(404, "Not Found")
    return backend.refuse_unread(error)


class BotCall:
    """/bot<token>/<method> by GET and POST."""

    def __init__(self, backend: Backend, service: Service) -> None:
        self.backend = backend
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or close the connection."""
        reply = await self._reply(scope, receive)
        if reply is None:
            await _hang_up(scope, receive)
            return
        headers = [
            (b"content-type", reply.content_type),
            (b"content-length", str(len(reply.body)).encode()),
        ]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})

    async def _reply(self, scope: Scope, receive: Receive) -> Reply | None:
        body = await _read(receive)
        path = scope["path_params"]
        wrong = refusal(self.backend, path["token"])
        if wrong is not None:
            return wrong
        if scope["method"] not in {"GET", "POST"}:
            return self.backend.refuse_unread(ApiError(405, "Method Not Allowed"))
        if body is None:
            return self.backend.refuse_unread(ApiError(413, "Request Entity Too Large"))
        kind = next((v for k, v in scope["headers"] if k == b"content-type"), b"")
        try:
            raw = params.read(kind.decode("latin-1"), scope["query_string"], body)
        except ApiError as error:
            return self.backend.refuse_unread(error)
        return await self.service.call(path["method"], raw, receive)


async def _read(receive: Receive) -> bytes | None:
    """The whole body, None when it is beyond every limit."""
    chunks, size = [], 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return b""
        chunk = event.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        if not event.get("more_body", False):
            return b"".join(chunks) if size <= MAX_BODY else None


async def _hang_up(scope: Scope, receive: Receive) -> None:
    transport = scope[_TRANSPORT]
    if not isinstance(transport, _Transport):
        raise TypeError("the web server shows no transport: a connection can't be dropped")
    transport.close()
    await gone(receive)


class FileDownload:
    """/file/bot<token>/<file_path>, as getFile names it."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the file's bytes."""
        await self._response(HttpRequest(scope))(scope, receive, send)

    def _response(self, request: HttpRequest) -> Response:
        wrong = refusal(self.backend, request.path_params["token"])
        if wrong is not None:
            return Response(wrong.body, wrong.status, media_type="application/json")
        name = unquote(request.path_params["path"]).rpartition("/")[2]
        file = self.backend.world.files.get(name)
        if file is None or file.size > MAX_DOWNLOAD:
            error = self.backend.refuse_unread(ApiError(404, "Not Found"))
            return Response(error.body, error.status, media_type="application/json")
        data = file.data or bytes(file.size)
        return Response(data, media_type="application/octet-stream")
