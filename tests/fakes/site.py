"""Web sites on loopback: one of a page and many ways not to serve it, one that a test writes."""

from __future__ import annotations

import gzip
import threading
import time
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

PAGE: Final = """<html lang="en"><head><title>Żółć and peacekeepers</title></head>
<body><article><h1>Żółć and peacekeepers</h1>
<p>The ministry said on April 9, 2025 that peacekeepers would not stand at the front, and that their
number is still being discussed among those who would send them.</p></article></body></html>
""".encode()


@contextmanager
def serving() -> Iterator[str]:
    """Serve the site and give its address; its paths are the methods of ``Handler``."""
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Server(ThreadingHTTPServer):
    """Keeps quiet about visitors who hang up."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Let it pass."""


class Handler(BaseHTTPRequestHandler):
    """Serves what the path names: /endless is ``_endless``."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.strip("/").partition("/")[0].partition("?")[0].replace("-", "_")
        getattr(self, f"_{name}", self._absent)()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet."""

    def _send(self, body: bytes = PAGE, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _page(self) -> None:
        self._send(Content_Type="text/html; charset=utf-8")

    def _plain(self) -> None:
        self._send()

    def _echo(self) -> None:
        self._send(f"{self.headers['Host']} {self.headers['User-Agent']}".encode())

    def _absent(self) -> None:
        self._send(b"<h1>Not found</h1>", 404)

    def _broken(self) -> None:
        self._send(b"", 503, Retry_After="60")

    def _to(self) -> None:
        self._send(b"", 302, Location=self.path.partition("?")[2])

    def _loop(self) -> None:
        self._send(b"", 301, Location="/loop")

    def _hops(self) -> None:
        left = int(self.path.rpartition("/")[2])
        self._send(b"", 307, Location=f"/hops/{left - 1}" if left else "/page")

    def _nowhere(self) -> None:
        self._send(b"moved", 302)

    def _drops(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half of it")
        self.close_connection = True

    def _nonsense(self) -> None:
        self.wfile.write(b"\x00\x01 this is no HTTP\r\n\r\n")
        self.close_connection = True

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"and on " * 1_000)
        except OSError:
            self.close_connection = True

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"and on ")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True

    def _bomb(self) -> None:
        self._send(gzip.compress(b"\0" * 10_000_000), Content_Encoding="gzip")

    def _zipped(self) -> None:
        self._send(gzip.compress(PAGE), Content_Encoding="gzip", Content_Type="text/html")

    def _falsely_zipped(self) -> None:
        self._send(PAGE, Content_Encoding="gzip")

    def _dripped(self, start: bytes, drop: bytes) -> None:
        """Send a little again and again: no wait between two bytes is ever long."""
        try:
            self.wfile.write(start)
            for _ in range(60):
                self.wfile.write(drop)
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        self.close_connection = True

    def _drip_head(self) -> None:
        self._dripped(b"HTTP/1.1 200 OK\r\n", b"X-And: on\r\n")

    def _drip_hints(self) -> None:
        self._dripped(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")

    def _drip_chunk(self) -> None:
        self._dripped(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", b"a")

    def _drip_nothing(self) -> None:
        packer = zlib.compressobj(wbits=31)
        start = packer.compress(b"") + packer.flush(zlib.Z_SYNC_FLUSH)
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
        self._dripped(head + start, packer.flush(zlib.Z_FULL_FLUSH))


@dataclass
class Page:
    """An answer of a written site; its ETag is compared with what a visitor knows."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class WrittenSite:
    """A site whose pages a test writes and rewrites; what was asked for is noted."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pages: dict[str, Page] = {}
        self.visits: list[tuple[str, Message]] = []

    def put(self, path: str, body: str = "", status: int = 200, **headers: str) -> str:
        """Write a page and return its address; ``Retry_After`` is written with a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Page(body.encode(), status, named)
        return f"{self.address}{path}"

    def asked(self) -> list[str]:
        """Return the paths asked for since the last look, robots.txt aside."""
        paths = [path for path, _ in self.visits if path != "/robots.txt"]
        self.visits.clear()
        return paths


@contextmanager
def writing_site() -> Iterator[WrittenSite]:
    """Serve a site that a test writes."""

    class Written(Handler):
        def do_GET(self) -> None:
            site.visits.append((self.path, self.headers))
            page = site.pages.get(self.path)
            if page is None:
                self._absent()
            elif "ETag" in page.headers and self.headers["If-None-Match"] == page.headers["ETag"]:
                self.send_response(304)
                self.end_headers()
            else:
                self._send(page.body, page.status, **page.headers)

    server = Server(("127.0.0.1", 0), Written)
    site = WrittenSite(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
