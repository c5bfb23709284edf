"""PDF files, and what is none."""

from __future__ import annotations

import zlib

import pytest

from index.errors import InputError
from index.parse import pdf as pdf_reader
from tests.unit.parse.make import check_laws, pdf, pdf_of, read, takeaways, texts

LEFT, STEP = 72, 14
WIDE = (
    "The bridge at Oldtown fell in the night of Monday, and the mayor said that",
    "nobody was hurt. The road to Newtown will stay closed until the council has",
    "found the money for a new one.[1] It has not met yet.",
)


def lines(*texts: str, top: float = 700, size: float = 12) -> list[tuple[float, float, float, str]]:
    return [(LEFT, top - i * STEP, size, text) for i, text in enumerate(texts)]


def page(
    body: list[tuple[float, float, float, str]], number: int
) -> list[tuple[float, float, float, str]]:
    head = (LEFT, 760, 9, "Larkspur Review, County Desk")
    foot = (300, 40, 9, f"Page {number}")
    return [head, *body, foot]


def test_lines_become_paragraphs_headings_lists_and_notes() -> None:
    first = page(
        [
            (LEFT, 720, 20, "What Closed in Oldtown"),
            *lines("By Ann Example and Bob Sample", "April 10, 2025", top=690),
            *lines(*WIDE, top=640),
            (LEFT, 580, 16, "Key Takeaways"),
            *lines("• The bridge fell, and nobody was hurt by it when the", top=550),
            (84, 536, 12, "old stones came down."),
            *lines("• The council has no money.", top=516),
            *lines(*WIDE[:2], top=480),
            (LEFT, 452, 12, "found the money for a new one, and that may well take it a whole"),
        ],
        1,
    )
    second = page(
        [*lines("year or longer.", top=720), *lines("[1] https://a dot org/x", top=690)], 2
    )
    report = read(pdf([first, second]), "report.pdf")
    check_laws(report)
    assert report.title == "What Closed in Oldtown"
    assert report.authors == ("Ann Example", "Bob Sample")
    assert str(report.published) == "2025-04-10"
    assert takeaways(report) == [
        "The bridge fell, and nobody was hurt by it when the old stones came down.",
        "The council has no money.",
    ]
    assert " ".join(WIDE) in report.text
    assert "take it a whole year or longer." in report.text
    assert [(one.label, one.urls) for one in report.endnotes] == [("1", ("https://a.org/x",))]
    assert report.text.count("Larkspur Review") == 1
    assert "Page 1" not in report.text
    assert "What Closed in Oldtown" in texts(report, "heading")


def test_bullets_drawn_by_themselves() -> None:
    body = [
        *lines("Key Takeaways", size=16),
        (90, 660, 12, "The bridge fell."),
        (90, 640, 12, "The dam held."),
        (76, 660, 12, "•"),
        (76, 640, 12, "•"),
        *lines(*WIDE, top=600),
    ]
    assert takeaways(read(pdf([body]), "x.pdf")) == ["The bridge fell.", "The dam held."]


def test_raised_numbers_are_markers_and_footnotes() -> None:
    body = [
        *lines(WIDE[0], WIDE[1]),
        (LEFT, 672, 12, "found the money."),
        (168, 677, 7, "1"),
        (LEFT, 90, 7, "1"),
        (78, 86, 9, "The register of the county, page 5."),
    ]
    report = read(pdf([body]), "x.pdf")
    assert [one.label for one in report.markers] == ["1"]
    assert [(one.label, one.text) for one in report.endnotes] == [
        ("1", "The register of the county, page 5.")
    ]


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9, 0.99])
def test_truncated_files_are_refused(cut: float) -> None:
    whole = pdf([lines(*WIDE)])
    with pytest.raises(InputError, match=r"x\.pdf is a PDF cut short"):
        read(whole[: int(len(whole) * cut)], "x.pdf")


def test_damaged_files_are_refused() -> None:
    with pytest.raises(InputError, match="damaged PDF"):
        read(b"%PDF-1.7\n" + b"\x01\x02junk" * 100 + b"%%EOF", "x.pdf")


def test_encrypted_files_are_refused() -> None:
    locked = (
        b"/Encrypt<</Filter/Standard/V 1/R 2/Length 40/P -4/O(" + b"o" * 32 + b")/U(" + b"u" * 32
    ) + b")>>/ID[(0123456789abcdef)(0123456789abcdef)]"
    with pytest.raises(InputError, match="encrypted"):
        read(pdf([lines(*WIDE)], tail=locked), "x.pdf")


def test_scanned_files_are_refused() -> None:
    image = zlib.compress(b"\xff" * 100)
    head = b"<</Type/XObject/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray"
    scan = head + b"/BitsPerComponent 8/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (
        len(image),
        image,
    )
    shown = b"<</Length 30>>stream\nq 500 0 0 700 50 50 cm /I Do Q\nendstream"
    sheet = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>>>>>"
    )
    pages = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    with pytest.raises(InputError, match="scanned"):
        read(pdf_of([b"<</Type/Catalog/Pages 2 0 R>>", pages, sheet, shown, scan]), "x.pdf")


@pytest.mark.parametrize("printed", [[], [(300, 40, 9, "1")]])
def test_empty_files_are_refused(printed: list[tuple[float, float, float, str]]) -> None:
    with pytest.raises(InputError, match="shows no text"):
        read(pdf([printed]), "x.pdf")


def test_a_file_that_only_calls_itself_a_pdf() -> None:
    with pytest.raises(InputError, match="calls itself pdf"):
        read(b"Just words.", "x.pdf")


def test_a_reader_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "_SECONDS", 0.01)
    with pytest.raises(InputError, match="to read"):
        read(pdf([lines(*WIDE)]), "x.pdf")
