"""Fetch pages over HTTP with bounds on time, size, redirects and where they may lead.

Addresses come from people and from pages: each hop is resolved once, its addresses checked, and the
connection made to the very address that was checked, so that a name can't change in between.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import httpx

from index.errors import InputError, UnreachableError
from index.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable

_REDIRECTS: Final = 5
_REDIRECTED: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = 400
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Bounds: ``timeout`` in seconds for a whole page, ``most_bytes`` after decompression."""

    timeout: float = 30.0
    most_bytes: int = 50_000_000
    private_addresses: bool = False
    user_agent: str = "briefing-bot"


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
        )

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def fetch(self, url: str) -> Document:
        """Return what an address serves, after redirects.

        Raises:
            UnreachableError: no answer, or an error status: worth another try.
            InputError: a refused address, too many redirects or bytes: never worth one.
        """
        deadline = self._ticks() + self._settings.timeout
        here = url
        for _ in range(_REDIRECTS + 1):
            self._still_in_time(url, deadline)
            try:
                step = self._step(url, here, deadline)
            except httpx.InvalidURL as error:  # the client reads where a redirect leads as well
                raise InputError(f"{url}: redirected to what is no address ({error})") from error
            except httpx.HTTPError as error:
                raise UnreachableError(
                    f"{url}: no usable answer ({type(error).__name__}: {error}); try again later"
                ) from error
            if isinstance(step, Document):
                return step
            here = step
        raise InputError(f"{url}: redirected more than {_REDIRECTS} times; give the final address")

    def _step(self, asked: str, here: str, deadline: float) -> Document | str:
        request = self._request(asked, here)
        response = self._client.send(request, stream=True)
        try:
            if response.status_code in _REDIRECTED and "location" in response.headers:
                return _next(asked, here, response.headers["location"])
            if response.status_code >= _GONE:
                raise UnreachableError(
                    f"{asked}: the server answered {response.status_code}; check the address or"
                    " try again later"
                )
            return Document(
                name=asked,
                content=self._body(asked, response, deadline),
                media_type=response.headers.get("content-type", "").partition(";")[0].strip()
                or None,
                encoding=response.charset_encoding,
                url=here,
            )
        finally:
            response.close()

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

    def _body(self, asked: str, response: httpx.Response, deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_bytes():
            size += len(part)
            if size > self._settings.most_bytes:
                raise InputError(
                    f"{asked}: larger than {self._settings.most_bytes:,} bytes, the limit set by"
                    " sources.most_bytes"
                )
            self._still_in_time(asked, deadline)
            parts.append(part)
        return b"".join(parts)

    def _still_in_time(self, asked: str, deadline: float) -> None:
        if self._ticks() > deadline:
            raise UnreachableError(
                f"{asked}: not finished after {self._settings.timeout:g} s; try again later"
            )


def _next(asked: str, here: str, location: str) -> str:
    try:
        return urljoin(here, location)
    except ValueError as error:
        raise InputError(f"{asked}: redirected to {location!r}, which is no address") from error
