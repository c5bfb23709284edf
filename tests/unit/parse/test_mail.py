"""Saved e-mails."""

from __future__ import annotations

import time
from datetime import date
from email.message import EmailMessage

import pytest

from index.errors import InputError
from tests.unit.parse.make import (
    Daily,
    check_laws,
    docx,
    read,
    read_all,
    takeaways,
    texts,
    w_paragraph,
)

PROSE = (
    "The bridge at Oldtown fell on Monday,[1] and the mayor said that nobody was hurt. The road to"
    " Newtown will stay closed until the council has found the money for a new one."
)
HTML = (
    "<html><body><p>View this email in your browser</p>"
    "<div style='display:none'>A preview line</div><table><tr><td><table><tr><td>"
    f"<p>{PROSE}</p><p><b>Key Takeaways</b></p><ul><li>A bridge fell.</li></ul>"
    "<p>[1] <a href='https://r.example.org/x'>https://r.example.org/...</a></p>"
    "</td></tr></table></td></tr></table><p>Unsubscribe from this list</p></body></html>"
)


def letter(sender: str = "Northgate Monitor <desk@northgate.example.org>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "reader@example.com"
    message["Subject"] = "Fwd: Daily: what fell in Oldtown and why"
    message["Date"] = "Thu, 10 Apr 2025 20:06:44 -0400"
    return message


def test_a_newsletter() -> None:
    message = letter()
    message.set_content("the plain version")
    message.add_alternative(HTML, subtype="html")
    report = read(bytes(message), "saved")
    check_laws(report)
    assert report.title == "Daily: what fell in Oldtown and why"
    assert (report.publisher, report.publisher_confirmed) == ("Northgate Monitor", False)
    assert report.published == date(2025, 4, 10)
    assert PROSE in report.text
    assert "preview" not in report.text
    assert "plain version" not in report.text
    assert takeaways(report) == ["A bridge fell."]
    assert [one.urls for one in report.endnotes] == [("https://r.example.org/x",)]
    assert texts(report, "boilerplate") == [
        "View this email in your browser",
        "Unsubscribe from this list",
    ]


def test_a_known_sender_is_confirmed() -> None:
    message = letter("Press <press@understandingwar.org>")
    message.set_content(PROSE)
    report = read(bytes(message), "x.eml")
    assert report.publisher == "Institute for the Study of War"
    assert report.publisher_confirmed


def test_attached_reports_are_read_too() -> None:
    message = letter()
    message.set_content(PROSE)
    message.add_attachment(
        docx(w_paragraph("Attached words.")),
        maintype="application",
        subtype="vnd.openxmlformats-officedocument.wordprocessingml.document",
        filename="a.docx",
    )
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    first, second = read_all(bytes(message), "x.eml")
    assert first.text == PROSE
    assert second.text == "Attached words."


def test_a_forwarded_letter_is_read() -> None:
    inner = letter()
    inner.set_content(PROSE)
    outer = letter("A Colleague <c@example.com>")
    outer.set_content("See below.")
    outer.add_attachment(inner)
    first, second = read_all(bytes(outer), "x.eml")
    assert first.text == "See below."
    assert (second.text, second.publisher) == (PROSE, "Northgate Monitor")


def test_a_saved_page_is_read_as_a_page() -> None:
    page = (
        "From: <Saved by Blink>\nSnapshot-Content-Location: https://understandingwar.org/x\n"
        "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        f"--b\nContent-Type: text/html\n\n{Daily(f'<p>{PROSE}</p>').html()}\n--b--\n"
    )
    report = read(page, "x.mhtml")
    assert report.text == PROSE
    assert report.publisher == "Institute for the Study of War"


@pytest.mark.parametrize("charset", ["koi8-r", "no-such-charset"])
def test_declared_encodings(charset: str) -> None:
    text = "Мост упал ночью, и никто не пострадал, сказал мэр города."
    head = b"From: a@b.c\nTo: b\nSubject: =?utf-8?q?M=C3=B6we?=\nContent-Type: text/plain; charset="
    body = text.encode("koi8-r" if charset == "koi8-r" else "utf-8")
    content = head + charset.encode() + b"\n\n" + body
    report = read(content, "x.eml")
    assert report.text == text
    assert report.title == "Möwe"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"From: a\nTo: b\nSubject: c\nContent-Type: image/png\n\nx", "no text"),
        (
            b"From: a\nTo: b\nSubject: c\nContent-Type: multipart/mixed; boundary=x\n\n"
            + b"--x\n\nfoo\n" * 20_000,
            "too many parts",
        ),
        (
            b"From: a\nTo: b\nSubject: c\nContent-Type: multipart/mixed; boundary=x\n\n"
            + b"--x\n\nfoo\n" * 500,
            "too many parts",
        ),
    ],
)
def test_what_is_no_letter_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(content, "x.eml")


def test_endless_headers_take_no_time() -> None:
    begun = time.process_time()
    subject = b"Subject: " + b"=?utf-8?q?a?= " * 50_000
    report = read(b"From: a\nTo: b\nDate: x\n" + subject + b"\n\n" + PROSE.encode(), "x.eml")
    assert report.text == PROSE
    assert report.title is None
    assert time.process_time() - begun < 5


def test_letters_in_letters_in_letters_are_refused() -> None:
    message = letter()
    message.set_content(PROSE)
    for _ in range(5):
        outer = letter()
        outer.set_content("See below.")
        outer.add_attachment(message)
        message = outer
    with pytest.raises(InputError):
        read(bytes(message), "x.eml")
