"""Saved e-mails: newsletters with their page data in the header, and reports attached to them."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.policy
import re
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final, NamedTuple

from index.errors import InputError
from index.model import Document

if TYPE_CHECKING:
    from email.message import Message

_ATTACHED: Final = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "message/rfc822",
        "text/html",
    }
)
_SHOWN: Final = ("text/html", "text/plain")
_MOST_SEAMS: Final = 5_000
_MOST_PARTS: Final = 200
_MOST_ATTACHED: Final = 20
_LONGEST_HEADER: Final = 2_000
_REPLIED: Final = re.compile(r"(?:(?:re|fw|fwd|aw|wg)\s*:\s*)+", re.IGNORECASE)


class Letter(NamedTuple):
    """What a saved e-mail is made of.

    Attributes:
        sender: the name in the From line, and its address.
        body: the text that is shown, as a document of its own kind.
        saved_page: the e-mail is how a browser saved a page (MHTML).
        attached: attached files that may be reports.
    """

    title: str | None
    sender: tuple[str, str]
    stamp: str | None
    body: Document
    saved_page: bool
    attached: tuple[Document, ...]


def read_mail(document: Document) -> Letter:
    """Take a saved e-mail apart.

    Raises:
        InputError: it has no text, or more parts than any letter has.
    """
    too_many = InputError(f"{document.name} has too many parts for an e-mail; save its text.")
    if document.content.count(b"\n--") > _MOST_SEAMS:
        raise too_many
    # The newer policy parses every header at length, for which a hostile one takes for ever.
    message = email.message_from_bytes(document.content, policy=email.policy.compat32)
    parts: list[Message] = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise too_many
    attached = [part for part in parts if _is_attached(part)]
    inside = {id(inner) for part in attached for inner in part.walk()}
    shown = [part for part in parts if id(part) not in inside]
    body = next((part for kind in _SHOWN for part in shown if _kind(part) == kind), None)
    if body is None and not attached:
        raise InputError(f"{document.name} has no text in it; save the newsletter itself.")
    saved_from = _header(message, "Snapshot-Content-Location")
    url = saved_from or (None if body is None else _header(body, "Content-Location"))
    return Letter(
        title=_REPLIED.sub("", _header(message, "Subject") or "", count=1) or None,
        sender=parseaddr(_header(message, "From") or ""),
        stamp=_header(message, "Date"),
        body=Document(name=document.name, content=b"")
        if body is None
        else _document(body, document.name, url),
        saved_page=saved_from is not None,
        attached=tuple(_document(part, _name(part, document), None) for part in attached),
    )


def _is_attached(part: Message) -> bool:
    disposition = _header(part, "Content-Disposition") or ""
    return disposition.lower().startswith("attachment") and _kind(part) in _ATTACHED


def _kind(part: Message) -> str:
    return part.get_content_type() if _is_short(part, "Content-Type") else ""


def _is_short(part: Message, name: str) -> bool:
    return len(str(part.get(name, ""))) <= _LONGEST_HEADER


def _header(part: Message, name: str) -> str | None:
    """Return a header's decoded text on one line, or None where it is absent or endless."""
    raw = part.get(name)
    if raw is None or not _is_short(part, name):
        return None
    try:
        text = str(email.header.make_header(email.header.decode_header(str(raw))))
    except (LookupError, UnicodeDecodeError, email.errors.HeaderParseError):
        text = str(raw)
    return " ".join(text.split()) or None


def _name(part: Message, document: Document) -> str:
    named = part.get_filename() if _is_short(part, "Content-Disposition") else None
    return named or document.name


def _document(part: Message, name: str, url: str | None) -> Document:
    inner = part.get_payload()
    if isinstance(inner, list):  # a letter inside a letter
        content = b"".join(one.as_bytes() for one in inner if not isinstance(one, str))
    else:
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
    return Document(
        name=name,
        content=content,
        media_type=_kind(part),
        encoding=part.get_content_charset() if _is_short(part, "Content-Type") else None,
        url=url,
    )
