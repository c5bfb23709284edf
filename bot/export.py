"""Citations as files: footnotes in plain text, Markdown, BibTeX and RIS. Pure: values in, text out.

BibTeX and RIS are written here because their writers leave the hostile part to the caller: a lone
brace unbalances a BibTeX entry even behind a backslash, and a line end begins another RIS field.
"""

from __future__ import annotations

import calendar
import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.markup import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from index.model import Footnote, Quote

_MONTHS: Final = tuple(calendar.month_name)[1:]
_UNTITLED: Final = "Untitled report"
_UNSIGNED: Final = "Unknown publisher"
_PERSON: Final = 4  # words of a name; a body's has more, or is the publisher
_OF_WHAT: Final = (
    "Each sha256 is of the quote's exact text in UTF-8. Positions count characters of the report's"
    " text as it was read, the first one as 0, the end not included."
)


class Format(StrEnum):
    """What citations can be written as; the value is the word for it in commands and buttons."""

    FOOTNOTES = "footnotes"
    MARKDOWN = "markdown"
    BIBTEX = "bibtex"
    RIS = "ris"

    @property
    def suffix(self) -> str:
        """Return the ending of its files' names."""
        return {"footnotes": ".txt", "markdown": ".md", "bibtex": ".bib", "ris": ".ris"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A quote of an answer and where it stands.

    Args:
        quote: with its notes.
        authors: of its report, as printed.
        section: the heading above it, or None.
        paragraph: number of its paragraph, or None.
    """

    quote: Quote
    authors: tuple[str, ...] = ()
    section: str | None = None
    paragraph: int | None = None

    @property
    def title(self) -> str:
        """The report's title on one line."""
        return _line(self.quote.title or "") or _UNTITLED

    @property
    def publisher(self) -> str:
        """Who published it, on one line."""
        return _line(self.quote.publisher or "") or _UNSIGNED

    @property
    def names(self) -> list[str]:
        """Whom to name as the authors: the publisher where nobody signed."""
        return [_line(one) for one in self.authors if one.strip()] or [self.publisher]

    @property
    def position(self) -> str:
        """Which characters of which text the quote is."""
        quote = self.quote
        place = f"report {quote.report_id}, revision {quote.revision}"
        return f"{place}, characters {quote.start}–{quote.end}"  # noqa: RUF001

    @property
    def hash(self) -> str:
        """The sha256 of the quote's exact text in UTF-8, as hexadecimal digits."""
        return hashlib.sha256(self.quote.text.encode()).hexdigest()


def written(form: Format, question: str, asked_on: date, cited: Sequence[Citation]) -> bytes:
    """Return a file with the citations of an answer."""
    head = f"Citations for: {_line(question)}", f"Asked on {_long(asked_on)}."
    lines: Iterable[str]
    match form:
        case Format.FOOTNOTES:
            lines = _footnotes(head, cited)
        case Format.MARKDOWN:
            lines = _markdown(head, cited)
        case Format.BIBTEX:
            lines = _bibtex(head, cited)
        case Format.RIS:
            lines = _ris(cited)
    return "".join(f"{line}\n" for line in lines).encode()


def _footnotes(head: Iterable[str], cited: Sequence[Citation]) -> Iterator[str]:
    """Write notes in the manner of the Chicago Manual of Style, each with its exact quote."""
    yield from (*head, _OF_WHAT)
    for number, one in enumerate(cited, 1):
        parts = [
            _and(one.names),
            f"“{one.title},”",
            *([one.publisher] if one.publisher not in one.names else []),
            _long(one.quote.published),
            *([_line(one.quote.url)] if one.quote.url else []),
        ]
        yield ""
        yield f"{number}. {', '.join(parts).replace(',”,', ',”')}."
        yield f"   “{one.quote.text}”"
        yield f"   {_place(one)}; sha256 {one.hash}."
        for note in one.quote.footnotes:
            yield f"   [{_line(note.label)}] {_note(note)}"


def _markdown(head: Sequence[str], cited: Sequence[Citation]) -> Iterator[str]:
    yield f"# {_md(head[0])}"
    yield from ("", _md(" ".join([*head[1:], _OF_WHAT])))
    for number, one in enumerate(cited, 1):
        title = _md(one.title)
        linked = f"[{title}](<{_md_address(one.quote.url)}>)" if one.quote.url else title
        yield from ("", f"## Quote {number}", "")
        yield from (f"> {_md(line)}" for line in one.quote.text.split("\n"))
        yield ""
        names = f"{_md(_and(one.names))}, {linked}, {_md(one.publisher)}"
        yield f"- {names}, {_long(one.quote.published)}"
        yield f"- {_md(_place(one))}"
        yield f"- sha256: `{one.hash}`"
        for note in one.quote.footnotes:
            links = "".join(f" <{_md_address(url)}>" for url in note.urls)
            yield f"- note {_md(_line(note.label))}: {_md(_text(note))}{links}"


def _bibtex(head: Iterable[str], cited: Sequence[Citation]) -> Iterator[str]:
    yield from (f"% {line}" for line in (*head, _OF_WHAT))
    for number, one in enumerate(cited, 1):
        quote = one.quote
        day = quote.published
        fields = {
            "author": " and ".join(map(_tex_name, one.names)),
            "title": f"{{{_tex(one.title)}}}",
            "institution": _tex(one.publisher),
            "year": str(day.year) if day else "",
            "month": _MONTHS[day.month - 1].lower()[:3] if day else "",
            "day": str(day.day) if day else "",
            "url": _tex_address(quote.url),
            "note": _tex(f"{_place(one)}; sha256 {one.hash}"),
            "abstract": _tex(_line(quote.text)),
            "annote": _tex("; ".join(f"[{_line(n.label)}] {_note(n)}" for n in quote.footnotes)),
        }
        yield ""
        yield f"@techreport{{{quote.report_id}-{number},"
        for name, value in fields.items():
            if value:
                yield f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
        yield "}"


def _ris(cited: Sequence[Citation]) -> Iterator[str]:
    """Write records of one tag a line, which is why line ends within values become blanks."""
    for number, one in enumerate(cited, 1):
        quote = one.quote
        day = quote.published
        tags = [
            ("TY", "RPRT"),
            ("ID", f"{quote.report_id}-{number}"),
            *(("AU", " ".join(name.replace(",", " ").split())) for name in one.names),
            ("TI", one.title),
            ("PB", one.publisher),
            ("PY", str(day.year) if day else ""),
            ("DA", f"{day:%Y/%m/%d}" if day else ""),
            ("UR", _line(quote.url or "")),
            ("AB", _line(quote.text)),
            ("N1", f"{_place(one)}; sha256 of the exact quote in UTF-8: {one.hash}"),
            *(("N1", f"[{_line(note.label)}] {_note(note)}") for note in quote.footnotes),
        ]
        for tag, value in tags:
            if value:
                yield f"{tag}  - {value}"
        yield "ER  - "
        yield ""


def _place(one: Citation) -> str:
    section = _line(one.section or "")
    section = f"section “{section}”, " if section and section != one.title else ""
    paragraph = f"paragraph {one.paragraph}; " if one.paragraph else ""
    return f"{section}{paragraph}{one.position}"


def _note(note: Footnote) -> str:
    text = _text(note)
    return " ".join([text, *(url for url in map(_line, note.urls) if url not in text)])


def _text(note: Footnote) -> str:
    missing = note.status == "missing"
    return "this copy of the report lacks this note" if missing else _line(note.text)


def _long(day: date | None) -> str:
    return "n.d." if day is None else f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _and(names: Sequence[str]) -> str:
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last


def _line(text: str) -> str:
    """Return text on one line, without characters that can't be seen."""
    return " ".join(clean(text).split())


_MARKS: Final = re.compile(r"[\\`*_{}\[\]<>~|&$]")
_LEADS: Final = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[#+=-])))")


def _md(text: str) -> str:
    """Escape what Markdown reads as markup: within a line, and where a line begins."""
    return _LEADS.sub(r"\1\\", _MARKS.sub(r"\\\g<0>", text))


def _md_address(url: str) -> str:
    """Return an address for angle brackets: what would end or escape them, percent-encoded."""
    return re.sub(r"[<>\\\s]", lambda found: f"%{ord(found[0]):02X}", _line(url))


_TEX: Final = str.maketrans({
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{mark: f"\\{mark}" for mark in "&%$#_"},
})  # fmt: skip


def _tex(text: str) -> str:
    """Escape what BibTeX and LaTeX read as markup; other letters stay, as UTF-8."""
    return text.translate(_TEX)


def _tex_name(name: str) -> str:
    """Return a person's name, or one that is more than a few names in braces, to be kept whole."""
    whole = len(name.split()) > _PERSON or "," in name or " and " in name.lower()
    return f"{{{_tex(name)}}}" if whole else _tex(name)


def _tex_address(url: str | None) -> str:
    """Return an address as it is, but for what would end the field, percent-encoded."""
    return re.sub(r"[{}\\\s]", lambda found: f"%{ord(found[0]):02X}", _line(url or ""))
