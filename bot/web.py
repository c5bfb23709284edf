"""The source page as a web app: what a signed link grants is read off the event loop and shown."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.signed_links import ExpiredLinkError, Grant, LinkError, ReadingList, ReportPage
from bot.web_pages import Entry, ListPage
from index.errors import NotFoundError, SettingsError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from bot.ports import Reports
    from bot.signed_links import Signer
    from bot.web_pages import Pages
    from index.ports import Clock

log = logging.getLogger(__name__)

_A_PAGE: Final = 20
"""Reports on a page of the reading list."""

_SLOW_CLIENT: Final = 5
"""Seconds an open request may still take when the server stops."""

_COMPRESSED: Final = 2_000
"""Bytes from which a page is compressed."""

_MESSAGES: Final = {404: "gone", 405: "method"}


class SourcePages:
    """Answers what a link grants. Calls block: run them off the event loop."""

    def __init__(self, reports: Reports, signer: Signer, pages: Pages, clock: Clock) -> None:
        self._reports = reports
        self._signer = signer
        self._pages = pages
        self._clock = clock

    def read(self, token: str) -> tuple[int, str]:
        """Return the status and page of a link."""
        try:
            grant = self._signer.read(token, now=self._clock.now())
        except ExpiredLinkError:
            return 403, self._pages.message("expired")
        except LinkError:
            return 403, self._pages.message("forged")
        try:
            if isinstance(grant.target, ReadingList):
                return 200, self._list(grant.target.page, grant.expires)
            return 200, self._report(grant.target, grant.expires)
        except NotFoundError:
            return 404, self._pages.message("gone")

    def _report(self, target: ReportPage, expires: datetime) -> str:
        report = self._reports.report(target.report_id, target.revision)
        newest = self._reports.report(target.report_id)
        link = None
        if newest.revision != report.revision:
            newer = ReportPage(report_id=newest.id, revision=newest.revision)
            link = self._signer.sign(Grant(target=newer, expires=expires))
        return self._pages.report(report, target.span, link)

    def _list(self, page: int, expires: datetime) -> str:
        """Write a page of the list; its links end when the one to it does."""
        found = self._reports.reports()
        pages = max(1, math.ceil(len(found) / _A_PAGE))
        if not 1 <= page <= pages:
            raise NotFoundError(f"the list has no page {page}")

        def neighbour(number: int) -> str | None:
            if not 1 <= number <= pages:
                return None
            return self._signer.sign(Grant(target=ReadingList(page=number), expires=expires))

        entries = []
        for summary in found[(page - 1) * _A_PAGE : page * _A_PAGE]:
            target = ReportPage(report_id=summary.id, revision=summary.revision)
            address = self._signer.sign(Grant(target=target, expires=expires))
            report = self._reports.report(summary.id, summary.revision)
            entries.append(Entry(report=report, address=address))
        return self._pages.reading_list(
            ListPage(
                entries=tuple(entries),
                page=page,
                pages=pages,
                total=len(found),
                newer=neighbour(page - 1),
                older=neighbour(page + 1),
            )
        )


def app_for(source: SourcePages, pages: Pages) -> ASGIApp:
    """Make the web app: one route, open to signed links alone."""

    async def read(request: Request) -> Response:
        status, page = await asyncio.to_thread(source.read, request.path_params["token"])
        return HTMLResponse(page, status)

    async def refuse(_: Request, error: Exception) -> Response:
        status, headers = 500, None
        if isinstance(error, HTTPException):
            status, headers = error.status_code, error.headers
        return HTMLResponse(pages.message(_MESSAGES.get(status, "failed")), status, headers)

    safe: Mapping[str, str] = {
        "Content-Security-Policy": pages.policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex, nofollow",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    app = Starlette(
        routes=[Route("/read/{token}", read, methods=["GET"])],
        exception_handlers={HTTPException: refuse, 500: refuse},
    )
    # Around everything: a page that says a defect has them, too.
    return _Headers(GZipMiddleware(app, minimum_size=_COMPRESSED), safe)


class _Headers:
    """Puts headers on every response, those to errors included."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, add)


@asynccontextmanager
async def listening(app: ASGIApp, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve within the running loop, and stop when what is open is answered; yields the port.

    Raises:
        SettingsError: the address is taken or not this machine's.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        opened = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(
            f"settings web.host and web.port: {host} port {port} can't be opened "
            f"({error.strerror}); choose another"
        ) from error
    with opened:
        # Addresses of requests hold signed links: they are not logged.
        server = _Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=_SLOW_CLIENT,
            )
        )
        serve = asyncio.create_task(server.serve(sockets=[opened]))
        try:
            yield int(opened.getsockname()[1])
        finally:
            server.should_exit = True
            await serve


class _Server(uvicorn.Server):
    """A server that leaves signals to the bot, which stops it among the rest."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
