"""Manners on other people's servers: what their robots.txt allows, and a pause between requests.

Robots.txt is read as RFC 9309 says: a site without one allows everything, and one whose file can't
be had at the moment is left alone.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from protego import Protego

from index.errors import BriefingError, InputError, UnreachableError
from index.fetch import Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.fetch import Fetched

_MOST_BYTES: Final = 500_000  # what has to be read of a robots.txt
_KEPT: Final = 24 * 3600.0
_KEPT_UNKNOWN: Final = 600.0
_MOST_HOSTS: Final = 1_000
_LONGEST_PAUSE: Final = 60.0
_REFUSED: Final = range(400, 500)
_BUSY: Final = 429
_ALL: Final = Protego.parse("")


class StoppedError(BriefingError):
    """The program is stopping, so an address was not asked for; nothing is known of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MannerSettings:
    """``spacing``: seconds between requests to one host; ``name``: as whom robots.txt is read."""

    spacing: float = 1.0
    name: str = "briefing-bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """A site's robots.txt, or why it is not known; read anew when ``until`` is past."""

    until: float
    known: Protego | None
    why: str = ""


class Manners:
    """Says whether and when an address may be fetched.

    Args:
        ask: fetches robots.txt.
        ticks: seconds that only go forward.
        pause: waits; tells whether to stop instead of going on.
    """

    def __init__(
        self,
        ask: Callable[[str, Wish], Fetched],
        settings: MannerSettings,
        *,
        ticks: Callable[[], float] = time.monotonic,
        pause: Callable[[float], bool] | None = None,
    ) -> None:
        self._ask = ask
        self._settings = settings
        self._ticks = ticks
        self._stopped = threading.Event()
        self._pause = pause or self._stopped.wait
        self._rules: dict[str, _Rules] = {}
        self._last: dict[str, float] = {}

    def stop(self) -> None:
        """Let no further request begin; may be called from any thread."""
        self._stopped.set()

    def before(self, address: str) -> None:
        """Wait until an address may be asked for.

        Raises:
            InputError: its robots.txt disallows it.
            UnreachableError: its robots.txt can't be had now.
            StoppedError: requests have been stopped.
        """
        site = _site(address)
        if site is None:
            return  # the fetcher says what is wrong with it
        rules = self._rules_of(site)
        if rules.known is None:
            raise UnreachableError(
                f"{address}: left alone for now, as its site's robots.txt can't be read"
                f" ({rules.why}); it is tried again later"
            )
        if not rules.known.can_fetch(address, self._settings.name):
            raise InputError(
                f"{address}: its site's robots.txt disallows it to {self._settings.name}; give the"
                " page as a file if you may read it"
            )
        asked = rules.known.crawl_delay(self._settings.name) or 0.0
        self._wait(site, max(self._settings.spacing, min(asked, _LONGEST_PAUSE)))

    def _wait(self, site: str, spacing: float) -> None:
        last = self._last.get(site)
        rest = 0.0 if last is None else last + spacing - self._ticks()
        if self._stopped.is_set() or (rest > 0 and self._pause(rest)):
            raise StoppedError(f"{site} was not asked: the program is stopping; start it again")
        _bound(self._last)
        self._last[site] = self._ticks()

    def _rules_of(self, site: str) -> _Rules:
        found = self._rules.get(site)
        if found is None or found.until <= self._ticks():
            found = self._read(site)
            _bound(self._rules)
            self._rules[site] = found
        return found

    def _read(self, site: str) -> _Rules:
        self._wait(site, self._settings.spacing)
        try:
            wish = Wish(most_bytes=_MOST_BYTES, cut=True)
            found = self._ask(f"{site}/robots.txt", wish)
        except UnreachableError as error:
            return self._unknown(str(error))
        except InputError:
            # Redirects without end; a page behind a refused address is refused itself.
            return _Rules(until=self._ticks() + _KEPT, known=_ALL)
        if found.document is not None:
            text = found.document.content.decode("utf-8", "replace")
            return _Rules(until=self._ticks() + _KEPT, known=Protego.parse(text))
        if found.status in _REFUSED and found.status != _BUSY:
            return _Rules(until=self._ticks() + _KEPT, known=_ALL)
        return self._unknown(f"the server answered {found.status}")

    def _unknown(self, why: str) -> _Rules:
        return _Rules(until=self._ticks() + _KEPT_UNKNOWN, known=None, why=why)


def _site(address: str) -> str | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    return f"{parts.scheme}://{host}" if host and parts.scheme in {"http", "https"} else None


def _bound(hosts: dict[str, float] | dict[str, _Rules]) -> None:
    """Forget the host heard of first where there are too many."""
    if len(hosts) >= _MOST_HOSTS:
        del hosts[next(iter(hosts))]
