"""Adapter to PDFium, run as a process of its own: a PDF on stdin, its lines as JSON on stdout.

PDFium is C++ and its input hostile: a crash, a bomb or an endless page must cost one process and
its limits, nothing else. Exit status 3 says that the file is encrypted, 4 that it is damaged.
"""

from __future__ import annotations

import ctypes
import json
import re
import sys
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

ENCRYPTED: Final = 3
DAMAGED: Final = 4
_MOST_PAGES: Final = 2_000
_MOST_CHARACTERS: Final = 4_000_000
_MOST_MEMORY: Final = 1 << 31
_MOST_SECONDS: Final = 50
_BOLD: Final = 600
_RAISED: Final = 0.83  # a raised number is set smaller than this share of its line
_TORN: Final = frozenset({0xFFFE, 2})  # PDFium's signs for a hyphen at a line's end
_BREAKS: Final = frozenset({10, 13}) | _TORN
_LABEL: Final = re.compile(r"\d{1,3}|[ivxlc]{1,8}")

Line = dict[str, Any]


def main() -> int:
    """Read a PDF from stdin, write its pages to stdout."""
    _limit()
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        return ENCRYPTED if "password" in str(error).lower() else DAMAGED
    pages = []
    left = _MOST_CHARACTERS
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            page = _page(document[number], left)
            left -= sum(len(line["text"]) for line in page["lines"])
            pages.append(page)
    except pypdfium2.PdfiumError:
        return DAMAGED
    data = document.get_metadata_dict()
    json.dump({"pages": pages, "title": data.get("Title")}, sys.stdout)
    return 0


def _limit() -> None:
    try:
        import resource
    except ImportError:  # not on every platform
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))


def _page(page: pypdfium2.PdfPage, most: int) -> dict[str, Any]:
    text = page.get_textpage()
    links = _links(page)
    lines = []
    start = 0
    count = min(text.count_chars(), most)
    codes = [pdfium.FPDFText_GetUnicode(text, i) for i in range(count)]
    for i, code in enumerate([*codes, 10]):
        if code in _BREAKS:
            line = _line(text, codes, range(start, i), links) if start < i else None
            if line:
                lines.append({**line, "torn": code in _TORN})
            start = i + 1
    return {"height": page.get_height(), "pictures": _pictures(page, lines), "lines": lines}


def _pictures(page: pypdfium2.PdfPage, lines: list[Line]) -> bool:
    """Tell whether a page without text shows pictures, as a scanned one does."""
    return not lines and any(
        one.type == pdfium.FPDF_PAGEOBJ_IMAGE for one in page.get_objects(max_depth=2)
    )


def _line(
    text: pypdfium2.PdfTextPage,
    codes: list[int],
    places: range,
    links: list[tuple[float, float, float, float, str]],
) -> Line | None:
    seen = [i for i in places if not chr(codes[i]).isspace()]
    if not seen:
        return None
    boxes = {i: text.get_charbox(i) for i in seen}
    sizes = {i: pdfium.FPDFText_GetFontSize(text, i) for i in seen}
    size = max(sizes.values())
    bold = _is_bold(text, seen[0]) and _is_bold(text, seen[-1])
    raised = {i for i in seen if sizes[i] < _RAISED * size and chr(codes[i]).isalnum()}
    runs: list[tuple[str, str | None]] = []
    for i in places:
        href = _target(boxes[i], links) if i in boxes and links else None
        if i not in boxes and runs:
            href = runs[-1][1]
        if runs and runs[-1][1] == href:
            runs[-1] = (runs[-1][0] + _shown(codes, i, raised), href)
        else:
            runs.append((_shown(codes, i, raised), href))
    return {
        "text": "".join(part for part, _ in runs),
        "runs": runs if any(href for _, href in runs) else [],
        "left": min(box[0] for box in boxes.values()),
        "right": max(box[2] for box in boxes.values()),
        "bottom": min(box[1] for box in boxes.values()),
        "top": max(box[3] for box in boxes.values()),
        "size": size,
        "bold": bold,
        "note": seen[0] in raised,
    }


def _is_bold(text: pypdfium2.PdfTextPage, place: int) -> bool:
    if pdfium.FPDFText_GetFontWeight(text, place) >= _BOLD:
        return True
    name = ctypes.create_string_buffer(256)
    pdfium.FPDFText_GetFontInfo(text, place, name, len(name), ctypes.c_int())
    return b"bold" in name.value.lower()


def _shown(codes: list[int], place: int, raised: set[int]) -> str:
    """Return a character, with the brackets of the raised number it opens or closes."""
    code = codes[place]
    char = "" if 0xD800 <= code < 0xE000 else chr(code)  # noqa: PLR2004  (halves of a pair)
    if place not in raised:
        return char
    first = last = place
    while first - 1 in raised:
        first -= 1
    while last + 1 in raised:
        last += 1
    if not _LABEL.fullmatch("".join(map(chr, codes[first : last + 1]))):
        return char
    around = "".join(map(chr, codes[max(0, first - 1) : first] + codes[last + 1 : last + 2]))
    if "[" in around or "]" in around:
        return char
    return ("[" if place == first else "") + char + ("]" if place == last else "")


def _links(page: pypdfium2.PdfPage) -> list[tuple[float, float, float, float, str]]:
    """Return the rectangles of the page's links with their addresses."""
    found = []
    place = ctypes.c_int(0)
    link = pdfium.FPDF_LINK()
    box = pdfium.FS_RECTF()
    while pdfium.FPDFLink_Enumerate(page, place, link):
        action = pdfium.FPDFLink_GetAction(link)
        if not action or not pdfium.FPDFLink_GetAnnotRect(link, box):
            continue
        size = pdfium.FPDFAction_GetURIPath(page.pdf, action, None, 0)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFAction_GetURIPath(page.pdf, action, buffer, size)
        address = buffer.value.decode("utf-8", errors="replace")
        if address:
            low, high = sorted((box.bottom, box.top))
            found.append((box.left, low, box.right, high, address))
    return found


def _target(
    box: tuple[float, float, float, float], links: list[tuple[float, float, float, float, str]]
) -> str | None:
    x = (box[0] + box[2]) / 2
    y = (box[1] + box[3]) / 2
    for left, low, right, high, address in links:
        if left <= x <= right and low <= y <= high:
            return address
    return None


if __name__ == "__main__":
    sys.exit(main())
