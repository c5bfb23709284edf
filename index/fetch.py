"""Fetch pages over HTTP with bounds on time, size, redirects and where they may lead.

Addresses come from people and from pages: each hop is resolved once, its addresses checked, and the
connection made to the very address that was checked, so that a name can't change in between.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import httpx

from index.cord import Cord
from index.errors import InputError, UnreachableError
from index.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    # Where a redirect leads, and whether it does so for good.
    _Hop = tuple[str, bool]

_REDIRECTS: Final = 5
_REDIRECTED: Final = frozenset({301, 302, 303, 307, 308})
_PERMANENT: Final = frozenset({301, 308})
_UNCHANGED: Final = 304
_GONE: Final = 400
_LAST_PORT: Final = 65_535
_LONGEST_HEADER: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Bounds: ``timeout`` in seconds for a whole page, ``most_bytes`` after decompression."""

    timeout: float = 30.0
    most_bytes: int = 32_000_000
    private_addresses: bool = False
    user_agent: str = "briefing-bot"


def _nothing(_address: str) -> None:
    """Let every address be fetched at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How an address is asked for.

    Args:
        etag: what the answer known so far was called; the same answer is not sent again.
        modified: when it was last changed, as the server wrote it.
        most_bytes: a bound of its own, in place of the one in the settings.
        cut: a longer answer ends there, and is no error.
        before: called with the address of every hop; what it raises refuses the hop, and the time
            it takes is not counted.
    """

    etag: str | None = None
    modified: str | None = None
    most_bytes: int | None = None
    cut: bool = False
    before: Callable[[str], None] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a server answered, after redirects.

    Args:
        status: the HTTP status.
        document: the answer; None where it is unchanged (304) or an error (400 and more).
        etag: what to ask with next time; ``modified`` likewise.
        moved: where the address has moved for good, if it has.
        retry_after: how long the server asks to be left alone, as it wrote it.
    """

    status: int
    document: Document | None
    etag: str | None = None
    modified: str | None = None
    moved: str | None = None
    retry_after: str | None = None

    @property
    def is_unchanged(self) -> bool:
        """Tell whether the answer known so far still holds."""
        return self.status == _UNCHANGED


class Fetcher:
    """One client for all pages; close it at the end."""

    def __init__(
        self, settings: FetchSettings, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._ticks = ticks
        self._client = httpx.Client(
            follow_redirects=False,
            timeout=settings.timeout,
            trust_env=False,
            headers={"User-Agent": settings.user_agent},
            # Each connection is watched from its beginning to its end.
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def fetch(self, url: str, wish: Wish | None = None) -> Document:
        """Return what an address serves, after redirects.

        Raises:
            UnreachableError: no answer, or an error status: worth another try.
            InputError: a refused address, too many redirects or bytes: never worth one.
        """
        found = self.ask(url, wish)
        if found.document is None:
            raise UnreachableError(
                f"{url}: the server answered {found.status}; check the address or try again later"
            )
        return found.document

    def ask(self, url: str, wish: Wish | None = None) -> Fetched:
        """Return how a server answers, error statuses included.

        Raises:
            UnreachableError: no answer: worth another try.
            InputError: a refused address, too many redirects or bytes: never worth one.
        """
        wish = wish or Wish()
        deadline = self._ticks() + self._settings.timeout
        here, moved, for_good = url, None, True
        for _ in range(_REDIRECTS + 1):
            began = self._ticks()
            wish.before(here)
            deadline += self._ticks() - began
            self._still_in_time(url, deadline)
            step = self._step(url, here, deadline, wish)
            if isinstance(step, Fetched):
                return replace(step, moved=moved)
            here, permanent = step
            for_good = for_good and permanent
            moved = here if for_good else moved
        raise InputError(f"{url}: redirected more than {_REDIRECTS} times; give the final address")

    def _step(self, asked: str, here: str, deadline: float, wish: Wish) -> Fetched | _Hop:
        with Cord(deadline - self._ticks()) as cord:
            try:
                found = self._answer(asked, here, deadline, wish, cord)
            except httpx.InvalidURL as error:  # the client reads where a redirect leads as well
                raise InputError(f"{asked}: redirected to what is no address ({error})") from error
            except httpx.HTTPError as error:
                if cord.is_cut:
                    raise self._late(asked) from error
                raise UnreachableError(
                    f"{asked}: no usable answer ({type(error).__name__}: {error}); try again later"
                ) from error
            if cord.is_cut:  # what ends with its connection looks whole
                raise self._late(asked)
            return found

    def _answer(
        self, asked: str, here: str, deadline: float, wish: Wish, cord: Cord
    ) -> Fetched | _Hop:
        request = self._request(asked, here)
        request.extensions = {**request.extensions, "trace": cord}
        for header, value in (("If-None-Match", wish.etag), ("If-Modified-Since", wish.modified)):
            if value:
                request.headers[header] = value
        response = self._client.send(request, stream=True)
        status, headers = response.status_code, response.headers
        try:
            if status in _REDIRECTED and "location" in headers:
                return _next(asked, here, headers["location"]), status in _PERMANENT
            if status == _UNCHANGED or status >= _GONE:
                retry_after = _header(headers, "retry-after")
                return Fetched(status=status, document=None, retry_after=retry_after)
            document = Document(
                name=asked,
                content=self._body(asked, response, deadline, wish),
                media_type=headers.get("content-type", "").partition(";")[0].strip() or None,
                encoding=response.charset_encoding,
                url=here,
            )
        finally:
            response.close()
        return Fetched(
            status=status,
            document=document,
            etag=_header(headers, "etag"),
            modified=_header(headers, "last-modified"),
        )

    def _request(self, asked: str, here: str) -> httpx.Request:
        try:
            url = httpx.URL(here)
        except (httpx.InvalidURL, ValueError) as error:
            raise InputError(f"{asked}: {here!r} is not an address ({error})") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise InputError(f"{asked}: only http and https addresses are read, not {here!r}")
        port = url.port or (443 if url.scheme == "https" else 80)
        if port > _LAST_PORT:
            raise InputError(f"{asked}: {here!r} names the port {port}, which there is not")
        return self._client.build_request(
            "GET",
            url.copy_with(host=self._address(asked, url.host, port)),
            # As sent over the wire: a name in another script is written in ASCII there.
            headers={"Host": url.netloc.decode("ascii")},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )

    def _address(self, asked: str, host: str, port: int) -> str:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnreachableError(f"{asked}: the name {host!r} is not known ({error})") from error
        addresses = [str(entry[4][0]) for entry in found]
        for address in addresses:
            public = ipaddress.ip_address(address.partition("%")[0]).is_global
            if not public and not self._settings.private_addresses:
                raise InputError(
                    f"{asked}: {host} leads to {address}, which is not a public address; set"
                    " sources.private_addresses if that is meant"
                )
        return addresses[0]

    def _body(self, asked: str, response: httpx.Response, deadline: float, wish: Wish) -> bytes:
        most = wish.most_bytes or self._settings.most_bytes
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            parts.append(part)
            if size > most and wish.cut:
                return b"".join(parts)[:most]
            if size > most:
                setting = "" if wish.most_bytes else " set by sources.most_bytes"
                raise InputError(f"{asked}: larger than {most:,} bytes, the limit{setting}")
            self._still_in_time(asked, deadline)
        return b"".join(parts)

    def _still_in_time(self, asked: str, deadline: float) -> None:
        if self._ticks() > deadline:
            raise self._late(asked)

    def _late(self, asked: str) -> UnreachableError:
        return UnreachableError(
            f"{asked}: not finished after {self._settings.timeout:g} s; try again later"
        )


def _header(headers: httpx.Headers, name: str) -> str | None:
    value: str | None = headers.get(name)
    return value if value and len(value) <= _LONGEST_HEADER and value.isascii() else None


def _next(asked: str, here: str, location: str) -> str:
    try:
        return urljoin(here, location)
    except ValueError as error:
        raise InputError(f"{asked}: redirected to {location!r}, which is no address") from error
