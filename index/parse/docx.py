"""Word files (.docx): the paragraphs of the text with their styles, links and notes."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from index.errors import InputError
from index.parse.labels import roman
from index.parse.pieces import Page, Piece, PieceKind, Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

    from index.model import Document

_MOST_UNPACKED: Final = 64 * 1024 * 1024
# What zipfile raises for bytes that are no archive, or not all of one.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    etree.XMLSyntaxError,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
)
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_UNSEEN: Final = frozenset(
    (_W + "del", _W + "moveFrom", _W + "instrText", _W + "delText", _W + "pPr", _FALLBACK)
)
_OFF: Final = frozenset(("0", "false", "none"))
_HEADING: Final = re.compile(r"(?:heading \d|title|subtitle)$", re.IGNORECASE)


class _Parts(NamedTuple):
    """What the text refers to: style names, link targets, and how notes are numbered."""

    styles: dict[str, str]
    links: dict[str, str]
    labels: dict[tuple[str, str], str]


def read_docx(document: Document) -> Page:
    """Return what a Word file shows, its foot- and endnotes apart.

    Raises:
        InputError: it is damaged, encrypted, unpacks without end, or is no Word file.
    """
    files = _unpack(document)
    main = files["word/document.xml"]
    links = files.get("word/_rels/document.xml.rels")
    parts = _Parts(
        _style_names(files.get("word/styles.xml")),
        {} if links is None else {one.get("Id", ""): one.get("Target", "") for one in links},
        _labels(main, files.get("word/settings.xml")),
    )
    read = (_piece(one, item, parts) for item, one in enumerate(_paragraphs(main), start=1))
    pieces = [piece for piece in read if piece.text]
    notes: list[Piece] = []
    for kind in ("footnote", "endnote"):
        notes += _notes(files.get(f"word/{kind}s.xml"), kind, parts)
    core = files.get("docProps/core.xml")
    title = next((piece.text for piece in pieces if piece.kind is PieceKind.HEADING), None)
    said = None if core is None else (core.findtext(_DC + "title") or "").strip()
    return Page(pieces=pieces, notes=tuple(notes), title=title or said or None)


def _unpack(document: Document) -> dict[str, Element]:
    """Return the XML files that matter, each read within the limit on what all may unpack to."""
    wanted = ("document", "_rels/document.xml.rels", "styles", "settings", "footnotes", "endnotes")
    names = [f"word/{one}" if "." in one else f"word/{one}.xml" for one in wanted]
    files: dict[str, Element] = {}
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
            for name in (*names, "docProps/core.xml"):
                if name in archive.namelist():
                    with archive.open(name) as member:
                        data = member.read(left + 1)
                    left -= len(data)
                    if left < 0:
                        raise InputError(
                            f"{document.name} unpacks to more than {_MOST_UNPACKED >> 20} MB, which"
                            " no report does; save it anew."
                        )
                    files[name] = _xml(data)
    except RuntimeError as error:
        raise InputError(f"{document.name} is encrypted; save it without a password.") from error
    except _DAMAGE as error:
        raise InputError(f"{document.name} is a damaged Word file; save it anew.") from error
    if "word/document.xml" not in files:
        raise InputError(f"{document.name} is an archive but no Word file; unpack it first.")
    return files


def _xml(data: bytes) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(data, parser)


def _style_names(styles: Element | None) -> dict[str, str]:
    """Return the names behind style ids, which a localised Word writes in its language."""
    if styles is None:
        return {}
    return {
        style.get(_W + "styleId", ""): _value(style.find(_W + "name")) or ""
        for style in styles.iterfind(_W + "style")
    }


def _labels(main: Element, settings: Element | None) -> dict[tuple[str, str], str]:
    """Return the printed label of every note: Word counts footnotes 1, 2 and endnotes i, ii."""
    labels: dict[tuple[str, str], str] = {}
    for kind, usual in (("footnote", "decimal"), ("endnote", "lowerRoman")):
        path = f".//{_W}{kind}Pr/{_W}numFmt"
        chosen = main.find(path)
        if chosen is None and settings is not None:
            chosen = settings.find(path)
        is_roman = (_value(chosen) or usual) == "lowerRoman"
        for reference in main.iter(f"{_W}{kind}Reference"):
            key = (kind, reference.get(_W + "id", ""))
            if key not in labels:
                count = sum(1 for own, _ in labels if own == kind) + 1
                labels[key] = roman(count) if is_roman else str(count)
    return labels


def _paragraphs(root: Element) -> Iterator[Element]:
    for paragraph in root.iter(_W + "p"):
        if not any(above.tag in _UNSEEN for above in paragraph.iterancestors()):
            yield paragraph


def _piece(paragraph: Element, item: int, parts: _Parts) -> Piece:
    runs = _runs(paragraph, parts)
    text = " ".join("".join(run.text for run in runs).split())
    linked = any(run.href for run in runs)
    style = parts.styles.get(_value(paragraph.find(f"{_W}pPr/{_W}pStyle")) or "", "")
    numbered = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    kept = tuple(runs) if linked else ()
    if _HEADING.match(style):
        return Piece(PieceKind.HEADING, text, runs=kept)
    if numbered is not None or style.lower().startswith("list"):
        group = int(_value(numbered) or 0) + 1 if (_value(numbered) or "0").isdecimal() else 1
        return Piece(PieceKind.ITEM, text, list=group, item=item, runs=kept)
    kind = PieceKind.ASIDE if style.lower() == "caption" else PieceKind.PARAGRAPH
    return Piece(kind, text, bold=_is_bold(paragraph), runs=kept)


def _runs(paragraph: Element, parts: _Parts) -> list[Run]:
    found: list[Run] = []
    walker = etree.iterwalk(paragraph, events=("start",))
    for _, element in walker:
        tag = element.tag
        if not isinstance(tag, str):
            continue  # an entity that is not expanded
        if tag in _UNSEEN or (tag == _W + "r" and _is_on(element.find(f"{_W}rPr/{_W}vanish"))):
            walker.skip_subtree()
            continue
        if tag == _W + "p" and element is not paragraph:
            walker.skip_subtree()  # a text box has paragraphs of its own
            continue
        text = _shown(element, parts)
        if text:
            found.append(Run(text, _href(element, parts)))
    return found


def _shown(element: Element, parts: _Parts) -> str:
    tag = element.tag.removeprefix(_W)
    if tag == "t":
        return element.text or ""
    if tag in ("tab", "br", "cr"):
        return " "
    if tag == "noBreakHyphen":
        return "-"
    if tag in ("footnoteReference", "endnoteReference"):
        key = (tag.removesuffix("Reference"), element.get(_W + "id", ""))
        return f"[{parts.labels[key]}]" if key in parts.labels else ""
    return ""


def _href(element: Element, parts: _Parts) -> str | None:
    link = next(element.iterancestors(_W + "hyperlink"), None)
    return None if link is None else parts.links.get(link.get(_R + "id", ""))


def _notes(root: Element | None, kind: str, parts: _Parts) -> list[Piece]:
    if root is None:
        return []
    found = []
    notes = {note.get(_W + "id", ""): note for note in root.iterfind(_W + kind)}
    for (own, key), label in parts.labels.items():
        if own == kind and key in notes:
            runs = [Run(f"[{label}]", None)]
            for paragraph in notes[key].iter(_W + "p"):
                runs += [Run(" ", None), *_runs(paragraph, parts)]
            text = " ".join("".join(run.text for run in runs).split())
            found.append(Piece(PieceKind.PARAGRAPH, text, runs=tuple(runs)))
    return found


def _is_bold(paragraph: Element) -> bool:
    texts = [one for one in paragraph.iter(_W + "r") if (one.findtext(_W + "t") or "").strip()]
    return bool(texts) and all(_is_on(one.find(f"{_W}rPr/{_W}b")) for one in texts)


def _is_on(switch: Element | None) -> bool:
    return switch is not None and _value(switch) not in _OFF


def _value(element: Element | None) -> str | None:
    return None if element is None else element.get(_W + "val")
