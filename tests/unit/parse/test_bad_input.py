"""Inputs that are no reports: each refused by name, in bounded time, for a reason."""

from __future__ import annotations

import contextlib
import random
import time

import pytest

from index.errors import InputError
from tests.unit.parse.make import read

SENTENCE = (
    "The bridge at Oldtown fell in the night, and the caf\u00e9 beside it is closed na\u00efvely."
)

NOISE = random.Random(1).randbytes(20_000)  # noqa: S311  (noise, not a secret)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.html", b"", "empty"),
        ("a.txt", b" \n\t\n", "empty"),
        ("a.txt", b"\0" * 500, "empty"),
        ("a.txt", b"\xef\xbb\xbf", "empty"),
        ("a.png", b"\x89PNG\r\n\x1a\n....", "picture"),
        ("a.doc", b"\xd0\xcf\x11\xe0....", "old Office file"),
        ("a.gz", b"\x1f\x8b....", "archive"),
        ("a.json", b'{"a": 1}', "holds no report"),
        ("a.bin", NOISE, "no text"),
        ("a.html", NOISE, "no text"),
        ("a.xml", b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>', "is a feed"),
        ("a.html", b"<html><head><title>x</title></head><body></body></html>", "shows no text"),
        ("a.html", b"<html><body><img src='x.png'></body></html>", "shows no text"),
        ("a.html", b"<html><body>" + b"<div>" * 100_000 + b"text", "nests deeper"),
        (
            "a.html",
            b"<html><body>" + b"<b>" * 100_000 + b"text" + b"</b>" * 100_000,
            "nests deeper",
        ),
        ("a.html", b"<p>x</p>" * (4 << 20), "more tags than any page"),
    ],
)
def test_refused(name: str, content: bytes, why: str) -> None:
    begun = time.process_time()
    with pytest.raises(InputError, match=why) as refusal:
        read(content, name)
    assert name in str(refusal.value)
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SENTENCE.encode(), None),
        (SENTENCE.encode(), "ascii"),
        (SENTENCE.encode(), "no-such-encoding"),
        (SENTENCE.encode("utf-8-sig"), None),
        (SENTENCE.encode("utf-16"), None),
        (SENTENCE.encode("utf-32"), None),
        (SENTENCE.encode("cp1252"), None),
        (SENTENCE.encode("latin-1"), "latin-1"),
        (SENTENCE.encode("cp1252"), "utf-8"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_encodings(content: bytes, encoding: str | None, name: str) -> None:
    known = {} if encoding is None else {"encoding": encoding}
    assert read(content, name, **known).text == SENTENCE


def test_a_page_s_own_wrong_encoding_does_not_count() -> None:
    page = f'<html><head><meta charset="iso-8859-1"></head><body><p>{SENTENCE}</p></body></html>'
    assert read(page).text == SENTENCE
    assert read(page.encode("latin-1")).text == SENTENCE


def test_cyrillic_without_a_word_about_its_encoding() -> None:
    text = "Мост рухнул ночью, и кафе рядом закрыто до конца недели, сообщил мэр города."
    assert read(text.encode("cp1251"), "a.txt").text == text


@pytest.mark.parametrize(
    "content",
    [
        b"<" * 200_000,
        b"&" * 200_000,
        b"<p " + b"a=1 " * 200_000 + b">x",
        b"<p>A sentence to read.</p>" * 40_000,
        b"[" * 200_000,
        b"[1 " * 100_000,
        b"[1, " * 100_000,
        b"Aa Bb, " * 100_000,
        b"March " * 100_000,
        b". " * 200_000,
        b"# x\n" + b"[a](" * 50_000,
        b"## Metadata\n" * 30_000,
        b"<!-- -->" * 500 + b"x",
        b"\n\n".join(b"[%d] https://a.org/x" % (i % 999 + 1) for i in range(20_000)),
    ],
)
@pytest.mark.parametrize("name", ["a.html", "a.txt", "a.md"])
def test_odd_texts_take_no_time(content: bytes, name: str) -> None:
    begun = time.process_time()
    with contextlib.suppress(InputError):
        assert read(content, name).text
    assert time.process_time() - begun < 15
