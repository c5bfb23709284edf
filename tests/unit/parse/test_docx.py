"""Word files."""

from __future__ import annotations

import io
import zipfile

import pytest

from index.errors import InputError
from tests.unit.parse.make import R, W, check_laws, docx, read, takeaways, texts, w_paragraph

LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="https://r.example.org/x"/></Relationships>'
)
STYLES = (
    f'<w:styles {W}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Aufz"><w:name w:val="List Bullet"/></w:style></w:styles>'
)
FOOTNOTES = (
    f'<w:footnotes {W} {R}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
    '<w:footnote w:id="4"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t xml:space="preserve"> The'
    " register.</w:t></w:r></w:p></w:footnote></w:footnotes>"
)
ENDNOTES = FOOTNOTES.replace("footnote", "endnote").replace("The register", "A talk")
BODY = (
    w_paragraph("What Closed in Oldtown", "berschrift1")
    + w_paragraph("By Ann Example and Bob Sample")
    + w_paragraph("April 10, 2025")
    + "<w:p><w:r><w:t>The bri</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>dge fell.</w:t></w:r>"
    '<w:r><w:footnoteReference w:id="4"/></w:r><w:r><w:t xml:space="preserve"> It was old.</w:t>'
    '</w:r><w:r><w:endnoteReference w:id="4"/></w:r></w:p>'
    + "<w:p><w:del><w:r><w:delText>not this</w:delText></w:r></w:del>"
    "<w:ins><w:r><w:t>See </w:t></w:r></w:ins>"
    '<w:hyperlink r:id="rId1"><w:r><w:t>the register</w:t></w:r></w:hyperlink>'
    "<w:r><w:tab/><w:t>now.</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r></w:p>"
    + w_paragraph("Key Takeaways", "berschrift1")
    + w_paragraph("A bridge fell.", "Aufz")
    + w_paragraph("A school closed.", "Aufz")
    + "<w:tbl><w:tr><w:tc>"
    + w_paragraph("A cell")
    + "</w:tc></w:tr></w:tbl>"
)


def test_a_report() -> None:
    content = docx(BODY, styles=STYLES, links=LINKS, footnotes=FOOTNOTES, endnotes=ENDNOTES)
    report = read(content, "report.docx")
    check_laws(report)
    assert report.title == "What Closed in Oldtown"
    assert report.authors == ("Ann Example", "Bob Sample")
    assert str(report.published) == "2025-04-10"
    assert "The bridge fell.[1] It was old.[i]" in report.text
    assert "See the register now." in report.text
    assert "not this" not in report.text
    assert "hidden" not in report.text
    assert takeaways(report) == ["A bridge fell.", "A school closed."]
    assert texts(report, "heading") == ["What Closed in Oldtown", "Key Takeaways"]
    assert [(one.label, one.text) for one in report.endnotes] == [
        ("1", "The register."),
        ("i", "A talk."),
    ]
    assert [one.label for one in report.markers] == ["1", "i"]


def test_numbered_as_the_settings_say() -> None:
    settings = (
        f'<w:settings {W}><w:endnotePr><w:numFmt w:val="decimal"/></w:endnotePr></w:settings>'
    )
    body = '<w:p><w:r><w:t>It fell.</w:t></w:r><w:r><w:endnoteReference w:id="4"/></w:r></w:p>'
    report = read(docx(body, endnotes=ENDNOTES, settings=settings), "x.docx")
    assert [(one.label, one.text) for one in report.endnotes] == [("1", "A talk.")]


def test_bombs_are_refused() -> None:
    with pytest.raises(InputError, match="unpacks to more than"):
        read(docx(" " * (70 << 20)), "x.docx")


def test_entities_are_not_expanded() -> None:
    laughs = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f"{laughs}<w:document {W}><w:body>{w_paragraph('one &y; two')}</w:body></w:document>",
        )
    assert "ha" not in read(packed.getvalue(), "x.docx").text


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (docx(BODY)[:300], "damaged"),
        (b"PK\x03\x04" + b"junk" * 100, "damaged"),
        (b"PK\x05\x06" + b"\0" * 18, "no Word file"),
        (docx("<w:p>"), "damaged"),
        (b"no archive at all", "calls itself docx"),
        (docx(""), "shows no text"),
    ],
)
def test_what_is_no_word_file_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(content, "x.docx")


def test_encrypted_members_are_refused() -> None:
    content = bytearray(docx(BODY))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 1)
    with pytest.raises(InputError, match="encrypted"):
        read(bytes(content), "x.docx")
