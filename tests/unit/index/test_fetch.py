"""Fetching over HTTP: from servers on loopback that misbehave in every way they can."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import pytest

from index.errors import InputError, UnreachableError
from index.fetch import Fetcher, FetchSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from index.model import Document

    Fetch = Callable[[str], Document]

PAGE: Final = "<p>Żółć and peacekeepers.</p>".encode()
MOST: Final = 100_000
TIMEOUT: Final = 5.0


class Handler(BaseHTTPRequestHandler):
    """Serves one page, and many ways not to serve it."""

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


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def fetching(
    *,
    private: bool = True,
    timeout: float = TIMEOUT,
    ticks: Callable[[], float] = time.monotonic,
) -> Iterator[Callable[[str], Document]]:
    settings = FetchSettings(timeout=timeout, most_bytes=MOST, private_addresses=private)
    fetcher = Fetcher(settings, ticks=ticks)
    try:
        yield fetcher.fetch
    finally:
        fetcher.close()


@pytest.fixture
def fetch() -> Iterator[Callable[[str], Document]]:
    with fetching() as fetch:
        yield fetch


def test_a_page_comes_with_what_its_server_says_of_it(site: str, fetch: Fetch) -> None:
    found = fetch(f"{site}/page")
    assert (found.content, found.media_type, found.encoding) == (PAGE, "text/html", "utf-8")
    assert found.name == found.url == f"{site}/page"
    plain = fetch(f"{site}/plain")
    assert (plain.media_type, plain.encoding) == (None, None)
    assert fetch(f"{site}/zipped").content == PAGE


def test_the_fetcher_names_itself_and_the_host_it_wants(site: str, fetch: Fetch) -> None:
    host = site.removeprefix("http://")
    assert fetch(f"{site}/echo").content.decode() == f"{host} briefing-bot"


def test_a_redirect_ends_at_another_address(site: str, fetch: Fetch) -> None:
    found = fetch(f"{site}/hops/3")
    assert (found.name, found.url) == (f"{site}/hops/3", f"{site}/page")
    assert found.content == PAGE


@pytest.mark.parametrize("path", ["loop", "hops/50"])
def test_a_redirect_without_end_is_refused(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(InputError, match="redirected more than 5 times"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize(
    "target",
    ["ftp://127.0.0.1/x", "file:///etc/passwd", "javascript:alert(1)", "http://[", "http://"],
)
def test_a_redirect_away_from_the_web_is_refused(site: str, fetch: Fetch, target: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch(f"{site}/to?{target}")
    assert not isinstance(refused.value, UnreachableError)


@pytest.mark.parametrize("path", ["absent", "broken"])
def test_an_error_status_is_said(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(UnreachableError, match=r"answered (404|503)"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize("path", ["drops", "nonsense", "falsely-zipped"])
def test_half_an_answer_is_none(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(UnreachableError, match="no usable answer"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize("path", ["endless", "bomb"])
def test_a_body_without_end_is_cut_off(site: str, fetch: Fetch, path: str) -> None:
    with pytest.raises(InputError, match=r"100,000 bytes.*sources\.most_bytes"):
        fetch(f"{site}/{path}")


def test_a_body_that_drips_is_not_waited_for(site: str) -> None:
    with (
        fetching(timeout=0.4) as fetch,
        pytest.raises(UnreachableError, match=r"not finished after 0\.4 s"),
    ):
        fetch(f"{site}/slow")


def test_redirects_count_against_the_time(site: str) -> None:
    with (
        fetching(ticks=itertools.count(step=3.0).__next__) as fetch,
        pytest.raises(UnreachableError, match="not finished"),
    ):
        fetch(f"{site}/hops/4")


def test_nobody_at_the_address(fetch: Fetch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    with pytest.raises(UnreachableError, match="no usable answer"):
        fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.1.2.3/",
        "http://192.168.0.1:8080/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://[fd00::1]/",
        "http://[fe80::1]/",
        "http://0.0.0.0/",
        "https://reader:pass@127.0.0.1/",
    ],
)
def test_private_addresses_are_refused(url: str) -> None:
    with (
        fetching(private=False) as fetch,
        pytest.raises(InputError, match=r"not a public address.*sources\.private_addresses"),
    ):
        fetch(url)


def answering(address: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let every name lead to one address, and note what was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering("192.168.0.1", monkeypatch)
    with fetching(private=False) as fetch, pytest.raises(InputError, match=r"192\.168\.0\.1"):
        fetch("http://reports.example/")
    assert asked == ["reports.example"]


def test_a_redirect_that_leads_inside_is_refused(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first hop is let through as public; the second is looked at as closely."""
    monkeypatch.setattr("index.fetch.ipaddress", SimpleNamespace(ip_address=Known))
    with (
        fetching(private=False) as fetch,
        pytest.raises(InputError, match=r"leads to 127\.0\.0\.2"),
    ):
        fetch(f"{site}/to?http://127.0.0.2/secret")


class Known:
    """An address of which one alone is public."""

    def __init__(self, text: str) -> None:
        self.is_global = text == "127.0.0.1"


def test_a_name_is_asked_for_once_and_goes_out_in_ascii(
    site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answering("127.0.0.1", monkeypatch)
    port = site.rpartition(":")[2]
    with fetching() as fetch:
        found = fetch(f"http://bücher.example:{port}/echo")
    assert found.content.decode() == f"xn--bcher-kva.example:{port} briefing-bot"
    assert asked[0] == "bücher.example"
    assert set(asked[1:]) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http:///path",
        "http://[",
        "http://..",
        "http://a..b/",
        "http://" + "a" * 300 + "/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:port/",
        "http://x\x00/",
        "http://\\udcff/",
        "http://" + "x/" * 50_000,
        "ftp://127.0.0.1/",
    ],
)
def test_what_is_no_address_is_refused_in_words(
    url: str, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: Any, **named: Any) -> list[Any]:
        if host != "127.0.0.1":
            host.encode("idna")  # as the real one does first
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return list(real(host, *rest, **named))

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with pytest.raises(InputError):
        fetch(url)
