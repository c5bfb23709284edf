"""Pages, files and letters in the shapes that publishers use, with words of our own."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from index.model import Document
from index.parse import parse
from index.parse.layouts import Layouts, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.model import ParsedReport

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


@cache
def layouts() -> Layouts:
    return load()


def read_all(content: str | bytes, name: str = "page.html", **known: str) -> list[ParsedReport]:
    data = content.encode() if isinstance(content, str) else content
    return parse(Document(name=name, content=data, **known), layouts())


def read(content: str | bytes, name: str = "page.html", **known: str) -> ParsedReport:
    (report,) = read_all(content, name, **known)
    return report


@dataclass(frozen=True)
class Daily:
    """A daily report on the old site of a think tank."""

    body: str
    title: str = "Front Assessment, August 20"
    stamp: str = "2022-08-20T22:19:44-04:00"
    site: str = "Institute for the Study of War"

    def html(self) -> str:
        return f"""<!DOCTYPE html><html lang="en"><head>
<link rel="canonical" href="/backgrounder/front-assessment" />
<title>{self.title} | {self.site}</title>
<meta property="og:site_name" content="{self.site}" /></head>
<body><ul class="nice-menu"><li><a href="/">Home</a></li></ul>
<h1 class="title" id="page-title">{self.title}</h1>
<span class="submitted"><span property="dc:date dc:created" content="{self.stamp}">x</span></span>
<div class="field field-name-body field-type-text"><div class="field-items">
<div class="field-item even" property="content:encoded">{self.body}</div></div></div>
<div class="share-links">Tweet</div><footer>All rights reserved.</footer></body></html>"""

    def read(self) -> ParsedReport:
        return read(self.html())


def daily(*body: str) -> ParsedReport:
    """Read a daily report whose body has these paragraphs, or elements where they are marked up."""
    return Daily(
        "\n".join(part if part.startswith("<") else f"<p>{part}</p>" for part in body)
    ).read()


def texts(report: ParsedReport, kind: str) -> list[str]:
    return [block.of(report.text) for block in report.blocks if block.kind == kind]


def takeaways(report: ParsedReport) -> list[str]:
    return [one.of(report.text) for one in report.takeaways]


def check_laws(report: ParsedReport) -> None:
    """Assert what holds for every report, whatever it was read from."""
    text = report.text
    assert text == text.strip()
    covered = "".join(block.of(text) for block in report.blocks)
    assert "".join(covered.split()) == "".join(text.split())
    for before, after in pairwise(report.blocks):
        assert before.end <= after.start
    for block in report.blocks:
        assert block.of(text) == block.of(text).strip() != ""
    for marker in report.markers:
        shown = marker.of(text)
        assert marker.label in "".join(shown.split())
        assert "[" in shown or "," in text[: marker.start + 1] or ";" in text[: marker.start + 1]
    for before_, after_ in pairwise(report.markers):
        assert before_.end <= after_.start
    spans = {(block.start, block.end) for block in report.blocks if block.kind == "takeaway"}
    for one in report.takeaways:
        assert any(one.start <= start and end <= one.end for start, end in spans)
    for note in report.endnotes:
        assert note.label
        for url in note.urls:
            assert url.startswith(("http://", "https://"))
            assert "..." not in url
            assert not any(char.isspace() for char in url)


def pdf(pages: Sequence[Sequence[tuple[float, float, float, str]]], tail: bytes = b"") -> bytes:
    """Return a PDF of pages of lines, each at (left, bottom) in a size: (72, 700, 12, "text")."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for i, lines in enumerate(pages):
        shown = "\n".join(
            f"BT /F1 {size} Tf 1 0 0 1 {left} {bottom} Tm ({_escaped(text)}) Tj ET"
            for left, bottom, size, text in lines
        )
        stream = zlib.compress(shown.encode("cp1252"))
        page = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {5 + 2 * i} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        head = f"<</Filter/FlateDecode/Length {len(stream)}>>stream\n".encode()
        objects += [page.encode(), head + stream + b"\nendstream"]
    return pdf_of(objects, tail)


def pdf_of(objects: Sequence[bytes], tail: bytes = b"") -> bytes:
    """Return the PDF file that holds these objects, the first of them its catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, table)
        + b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, tail, len(out))
    )


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def docx(body: str, **parts: str) -> bytes:
    """Return a Word file with this markup as its body, and other parts by their names."""
    files = {"document": f"<w:document {W} {R}><w:body>{body}</w:body></w:document>", **parts}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            place = "word/_rels/document.xml.rels" if name == "links" else f"word/{name}.xml"
            archive.writestr(place, text)
    return packed.getvalue()


def w_paragraph(text: str, style: str = "") -> str:
    """Return a Word paragraph."""
    chosen = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{chosen}<w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"
