"""What kind of input some bytes are, and which characters they stand for."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from index.errors import InputError

if TYPE_CHECKING:
    from index.model import Document


class Format(StrEnum):
    """The kinds of input that can hold a report."""

    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"
    PDF = "pdf"
    DOCX = "docx"
    MAIL = "mail"


_TYPES: Final = {
    "text/html": Format.HTML,
    "application/xhtml+xml": Format.HTML,
    "text/markdown": Format.MARKDOWN,
    "text/x-markdown": Format.MARKDOWN,
    "application/pdf": Format.PDF,
    "message/rfc822": Format.MAIL,
}
_SUFFIXES: Final = {
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".xhtml": Format.HTML,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".eml": Format.MAIL,
    ".mht": Format.MAIL,
    ".mhtml": Format.MAIL,
    ".pdf": Format.PDF,
    ".docx": Format.DOCX,
}
_FOREIGN_TYPES: Final = re.compile(
    r"(?:image|audio|video|font)/|application/(?:json|javascript|zip|gzip|x-tar|msword|vnd\.ms-)"
    r"|text/(?:css|csv|javascript|calendar)",
    re.IGNORECASE,
)
_FOREIGN_SUFFIXES: Final = frozenset(
    (".json", ".jsonl", ".csv", ".tsv", ".js", ".css", ".py", ".ics", ".svg", ".toml", ".yaml")
)
# Told by their first bytes; none of them is text.
_FOREIGN: Final = (
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as .docx"),
    (b"{\\rtf", "a rich-text file; save it as .docx"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a media file"),
    (b"\x1f\x8b", "a compressed archive; unpack it first"),
    (b"BZh", "a compressed archive; unpack it first"),
    (b"7z\xbc\xaf", "a compressed archive; unpack it first"),
    (b"Rar!", "a compressed archive; unpack it first"),
    (b"\xfd7zXZ", "a compressed archive; unpack it first"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"SQLite format 3", "a database"),
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Nothing is given back once matched: comments in a row can be split in too many ways.
_COMMENTS: Final = rb"\s*+(?>(?><!--.*?-->)\s*+)*+"
_HTML: Final = re.compile(
    _COMMENTS + rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAG: Final = re.compile(rb"<(?:p|div|span|br|a|h[1-6]|ul|li|table)\b[^>]*>", re.IGNORECASE)
_FEED: Final = re.compile(
    rb"\s*+(?:<\?xml[^>]*>)?+" + _COMMENTS + rb"<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
_HEADER: Final = re.compile(
    rb"^(?:received|return-path|date|subject|from|to|mime-version|message-id|content-type"
    rb"|delivered-to):[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
_CHARSET: Final = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_HEAD: Final = 4096
_FEWEST_TAGS: Final = 3
_FEWEST_HEADERS: Final = 3
_CONTROLS: Final = bytes(set(range(32)) - {9, 10, 12, 13, 27})
_SAMPLE: Final = 1 << 16
_MOST_CONTROLS: Final = 0.02
_WESTERN: Final = 0.12  # the share of accented letters that no western language reaches


def sniff(document: Document) -> Format:
    """Return what a document is, by its bytes first, then its declared type and name.

    Raises:
        InputError: it is empty, or nothing that holds a report.
    """
    content = document.content
    if not content.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise InputError(f"{document.name} is empty, so there is nothing to read; fetch it again.")
    for start, what in _FOREIGN:
        if content.startswith(start):
            raise InputError(f"{document.name} is {what}; give a page, PDF, DOCX, e-mail or text.")
    head = content[:_HEAD]
    if content.startswith(b"PK"):
        return Format.DOCX
    if b"%PDF-" in head[:1024]:
        return Format.PDF
    if _FEED.match(head):
        raise InputError(f"{document.name} is a feed, not a report; add its address as a feed.")
    if _HTML.match(head):
        return Format.HTML
    return _by_name(document) or _by_text(head)


def _by_name(document: Document) -> Format | None:
    media = (document.media_type or "").split(";")[0].strip().lower()
    suffix = PurePosixPath(document.name.split("?")[0]).suffix.lower()
    found = _TYPES.get(media) or _SUFFIXES.get(suffix)
    if found in (Format.PDF, Format.DOCX):
        raise InputError(f"{document.name} calls itself {found} but is none; fetch it again.")
    if found is None and (_FOREIGN_TYPES.match(media) or suffix in _FOREIGN_SUFFIXES):
        raise InputError(
            f"{document.name} is of type {media or suffix}, which holds no report; give a page,"
            " PDF, DOCX, e-mail or text."
        )
    return found


def _by_text(head: bytes) -> Format:
    top = re.split(rb"\r?\n\r?\n", head.lstrip(), maxsplit=1)[0]
    if len(_HEADER.findall(top)) >= _FEWEST_HEADERS:
        return Format.MAIL
    return Format.HTML if len(_TAG.findall(head)) >= _FEWEST_TAGS else Format.TEXT


def decoded(document: Document) -> str:
    """Return a document's characters.

    UTF-8 that reads as such is UTF-8 whatever is declared; a declared encoding comes next, then
    the likeliest one.

    Raises:
        InputError: the bytes are no text in any encoding.
    """
    content = document.content
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    _refuse_binary(document)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _guessed(document)


def in_utf8(document: Document) -> bytes:
    """Return a document's characters in UTF-8, for readers that take bytes.

    Raises:
        InputError: the bytes are no text in any encoding.
    """
    if not document.content.startswith(tuple(mark for mark, _ in _BOMS)):
        _refuse_binary(document)
        try:
            document.content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return document.content
    return decoded(document).encode("utf-8", errors="replace")


def _refuse_binary(document: Document) -> None:
    sample = document.content[:_SAMPLE]
    if len(sample) - len(sample.translate(None, _CONTROLS)) > _MOST_CONTROLS * len(sample):
        raise InputError(
            f"{document.name} is no text in any known encoding; give a page, PDF, DOCX, e-mail or"
            " text file."
        )


def _guessed(document: Document) -> str:
    content = document.content
    in_page = _CHARSET.search(content[:_HEAD])
    for name in (document.encoding, in_page[1].decode("ascii") if in_page else None):
        try:
            if name and codecs.lookup(name).name != "utf-8":
                return content.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return _likeliest(content)


def _likeliest(content: bytes) -> str:
    import charset_normalizer

    broken = content.decode("utf-8", errors="replace")
    if broken.count("\ufffd") * 1000 < len(broken):
        return broken  # a few bad bytes in UTF-8, not another encoding
    high = sum(1 for byte in content[:_SAMPLE] if byte >= 0x80)  # noqa: PLR2004  (beyond ASCII)
    if high < _WESTERN * min(len(content), _SAMPLE):
        return content.decode("cp1252", errors="replace")
    best = charset_normalizer.from_bytes(content[: 1 << 18]).best()
    return content.decode(best.encoding if best else "cp1252", errors="replace")
