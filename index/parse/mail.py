"""Saved e-mails: newsletters with their page data in the header, and reports attached to them."""

from __future__ import annotations

import email
import email.policy
import re
from email.utils import parseaddr
from typing import TYPE_CHECKING, Final, NamedTuple

from index.errors import InputError
from index.model import Document

if TYPE_CHECKING:
    from email.message import EmailMessage

_ATTACHED: Final = frozenset(
    {
        "application/pdf",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "message/rfc822",
        "text/html",
    }
)
_MOST_PARTS: Final = 200
_MOST_ATTACHED: Final = 20
_REPLIED: Final = re.compile(r"(?:(?:re|fw|fwd|aw|wg)\s*:\s*)+", re.IGNORECASE)


class Letter(NamedTuple):
    """What a saved e-mail is made of.

    Attributes:
        body: the text that is shown, as a document of its own kind.
        sender: the name in the From line, and its address.
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
    message = email.message_from_bytes(document.content, policy=email.policy.default)
    parts = []
    for part in message.walk():
        parts.append(part)
        if len(parts) > _MOST_PARTS:
            raise InputError(f"{document.name} has more parts than any e-mail; save its text alone.")
    body = message.get_body(preferencelist=("html", "plain"))
    if body is None:
        raise InputError(f"{document.name} has no text in it; save the newsletter itself.")
    url = message.get("Snapshot-Content-Location") or body.get("Content-Location")
    subject = _REPLIED.sub("", " ".join(str(message.get("Subject", "")).split()), count=1)
    return Letter(
        title=subject or None,
        sender=parseaddr(str(message.get("From", ""))),
        stamp=str(message["Date"]) if message["Date"] else None,
        body=_document(body, document.name, url),
        saved_page="Snapshot-Content-Location" in message,
        attached=tuple(_attached(parts, body, document.name)),
    )


def _attached(parts: list[EmailMessage], body: EmailMessage, name: str) -> list[Document]:
    found = []
    for part in parts:
        if part is not body and part.is_attachment() and part.get_content_type() in _ATTACHED:
            found.append(_document(part, part.get_filename() or name, None))
    return found[:_MOST_ATTACHED]


def _document(part: EmailMessage, name: str, url: str | None) -> Document:
    payload = part.get_payload(decode=True)
    if part.get_content_type() == "message/rfc822":
        payload = part.get_payload(0).as_bytes()
    return Document(
        name=name,
        content=payload if isinstance(payload, bytes) else b"",
        media_type=part.get_content_type(),
        encoding=part.get_content_charset(),
        url=url,
    )
