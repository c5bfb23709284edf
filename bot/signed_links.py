"""Links to the source page: signed, so that nobody can make one up, and valid for some days only.

A link names what it opens and until when, with an HMAC-SHA256 over both. Nothing is stored for it;
another key ends all links that were given out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from index.errors import BriefingError, SettingsError
from index.model import Quote, Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from index.ports import Clock

KEY_VARIABLE: Final = "BRIEFING_LINK_KEY"
KEY_FILE: Final = "link.key"
CITED: Final = "cited"
"""The fragment at which a page begins to be read: the cited words have this id."""

_PURPOSE: Final = b"briefing-link-1\0"
_KEY_CHARACTERS: Final = 32
_TOKEN_CHARACTERS: Final = 512


class LinkError(BriefingError):
    """A link opens nothing."""


class ForgedLinkError(LinkError):
    """A link was not made with this key, or not as it is now."""


class ExpiredLinkError(LinkError):
    """A link was valid once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A report's revision, at a span of its text or from its beginning."""

    report_id: str
    revision: int
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingList:
    """A page (from 1) of the list of reports."""

    page: int = 1


Target = ReportPage | ReadingList


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a link opens, and until when (aware, whole seconds)."""

    target: Target
    expires: datetime


class Signer:
    """Makes the tokens of links and reads them. Its key is in no ``repr``."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, grant: Grant) -> str:
        """Return a token of URL-safe characters."""
        until = int(grant.expires.timestamp())
        match grant.target:
            case ReportPage(report_id=id_, revision=revision, span=span):
                at = [span.start, span.end] if span else []
                fields: list[object] = ["report", until, id_, revision, *at]
            case ReadingList(page=page):
                fields = ["list", until, page]
        payload = _encoded(json.dumps(fields, separators=(",", ":")).encode())
        return f"{payload.decode()}.{self._signature(payload).decode()}"

    def read(self, token: str, *, now: datetime) -> Grant:
        """Return what a token grants at the moment ``now``.

        Raises:
            ForgedLinkError: it is none of this key's.
            ExpiredLinkError: its time is over.
        """
        kind, until, *rest = json.loads(self._verified(token))
        expires = datetime.fromtimestamp(until, UTC)
        if now >= expires:
            raise ExpiredLinkError("the link has expired; ask the bot for a new one")
        if kind == "list":
            return Grant(target=ReadingList(page=rest[0]), expires=expires)
        id_, revision, *at = rest
        span = Span(start=at[0], end=at[1]) if at else None
        return Grant(
            target=ReportPage(report_id=id_, revision=revision, span=span), expires=expires
        )

    def _verified(self, token: str) -> bytes:
        """Return what a token says; nothing of it is looked into before its signature is."""
        payload, _, signature = token.encode("utf-8", "replace").partition(b".")
        right = len(token) <= _TOKEN_CHARACTERS and hmac.compare_digest(
            self._signature(payload), signature
        )
        if not right:
            raise ForgedLinkError("the link is not one of this bot's; ask the bot for a new one")
        return base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))

    def _signature(self, payload: bytes) -> bytes:
        return _encoded(hmac.digest(self._key, _PURPOSE + payload, hashlib.sha256))


class SourceLinks:
    """Makes addresses of pages; those made on one day for one target are the same."""

    def __init__(self, signer: Signer, base: str, *, valid: timedelta, clock: Clock) -> None:
        self._signer = signer
        self._base = base.rstrip("/")
        self._valid = valid
        self._clock = clock

    def quote(self, quote: Quote) -> str:
        """Return the address of a quote's report, at the quote."""
        span = Span(start=quote.start, end=quote.end)
        return self.to(ReportPage(report_id=quote.report_id, revision=quote.revision, span=span))

    def reading_list(self) -> str:
        """Return the address of the list of reports."""
        return self.to(ReadingList())

    def to(self, target: Target) -> str:
        """Return the address of a page."""
        token = self._signer.sign(Grant(target=target, expires=self.expiry()))
        cited = isinstance(target, ReportPage) and target.span is not None
        return f"{self._base}/read/{token}" + (f"#{CITED}" if cited else "")

    def expiry(self) -> datetime:
        """Return the end of the last valid day: a view shown again keeps its addresses."""
        last = self._clock.now().astimezone(UTC) + self._valid
        return last.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def read_key(environment: Mapping[str, str], data: Path) -> bytes:
    """Return the key of the environment or, without one, of the data folder; made there once.

    Raises:
        SettingsError: the environment's is too short to keep, or the folder's can't be had.
    """
    given = environment.get(KEY_VARIABLE, "").strip()
    if given:
        if len(given) < _KEY_CHARACTERS:
            raise SettingsError(
                f"{KEY_VARIABLE} has fewer than {_KEY_CHARACTERS} characters; set a long random "
                "one, or none and let the bot make its own"
            )
        return given.encode()
    path = data / KEY_FILE
    try:
        key = _kept_key(path)
    except OSError as error:
        raise SettingsError(
            f"the key of links {path} can't be read or made: {error.strerror}; "
            f"make the folder writable or set {KEY_VARIABLE}"
        ) from error
    if len(key) < _KEY_CHARACTERS:
        raise SettingsError(f"the key of links {path} is damaged; delete it to get a new one")
    return key


def _kept_key(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and linked whole: of two processes one wins, and both read the same key.
        number, aside = tempfile.mkstemp(dir=path.parent, prefix=".link-key-")  # mode 0600
        try:
            with os.fdopen(number, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(_KEY_CHARACTERS))
            with suppress(FileExistsError):
                os.link(aside, path)
        finally:
            Path(aside).unlink()
    return path.read_bytes().strip()


def _encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
