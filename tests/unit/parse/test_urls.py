"""Whole addresses out of what is printed and linked."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse.pieces import Run
from index.parse.urls import addresses


def plain(text: str) -> tuple[str, ...]:
    return addresses([Run(text, None)])


@pytest.mark.parametrize(
    ("printed", "whole"),
    [
        ("https://a.example.org/x.", ["https://a.example.org/x"]),
        ("https://a.org/x; https://b.org/y", ["https://a.org/x", "https://b.org/y"]),
        ("https://a.org/x;https://b.org/y", ["https://a.org/x", "https://b.org/y"]),
        ("https://a.org/x, https://b.org/y.", ["https://a.org/x", "https://b.org/y"]),
        ("https://a.org/xhttps://b.org/y", ["https://a.org/x", "https://b.org/y"]),
        ("https://a.org/x https://a.org/x", ["https://a.org/x"]),
        ("https://a dot org/2022/x", ["https://a.org/2022/x"]),
        ("a dot me/x/5", ["https://a.me/x/5"]),
        ("https://a(dot)org/x", ["https://a.org/x"]),
        ("https://a [dot] org/x", ["https://a.org/x"]),
        ("https://a[.]b(.)org/x", ["https://a.b.org/x"]),
        ("https://www dot a dot com.org/x", ["https://www.a.com.org/x"]),
        ("https://adot org/x", ["https://a.org/x"]),
        ("https://a dotorg/x", ["https://a.org/x"]),
        ("https://adotorg/x", ["https://a.org/x"]),
        ("https://a.gov dit ua/x", ["https://a.gov.ua/x"]),
        ("https://a.gov ua/x", ["https://a.gov.ua/x"]),
        ("https://news example.org/x", ["https://news.example.org/x"]),
        ("https://a. dot org/x", ["https://a.org/x"]),
        ("https://a dot `org/x", ["https://a.org/x"]),
        ("https://a%20dot%20org/x", ["https://a.org/x"]),
        ("ttps://a.org/x", ["https://a.org/x"]),
        ("hxxps://a.org/x", ["https://a.org/x"]),
        ("htt ps://a.org/x", ["https://a.org/x"]),
        ("https//a.org/x", ["https://a.org/x"]),
        ("https:www.a.org/x", ["https://www.a.org/x"]),
        ("https://a.org/x?y=1&amp;z=2", ["https://a.org/x?y=1&z=2"]),
        ("see https://a.org/x_(y), p. 5", ["https://a.org/x_(y)"]),
        ("(https://a.org/x)", ["https://a.org/x"]),
        ("“https://a.org/x”", ["https://a.org/x"]),
        (
            "https://archive.org/web/2022/https://a.org/x",
            ["https://archive.org/web/2022/https://a.org/x"],
        ),
        ("https://a.org/login?to=https://b.org", ["https://a.org/login?to=https://b.org"]),
        ("www.a.org/x", ["https://www.a.org/x"]),
        ("https://a.org/x...", []),
        ("https://adotted.org/dotted", ["https://adotted.org/dotted"]),
        ("Conversation with an officer, May 5.", []),
        ("A Title of a Page (a.example.org)", []),
        ("https://nohost/x", []),
        ("", []),
    ],
)
def test_printed(printed: str, whole: list[str]) -> None:
    assert list(plain(printed)) == whole


@pytest.mark.parametrize(
    ("runs", "whole"),
    [
        ([("https://a.org/lo...", "https://a.org/long")], ["https://a.org/long"]),
        (
            [("https://a.org/lo...", "https://a.org/long;\u00a0https://b.org/x;")],
            ["https://a.org/long", "https://b.org/x"],
        ),
        ([("https://a", "https://a"), (" dot org/x", None)], ["https://a.org/x"]),
        ([("https://a dot", "https://a%C2%A0dot"), (" org/x", None)], ["https://a.org/x"]),
        ([("https://a", "https://a/"), (" dot org/x", None)], ["https://a.org/x"]),
        (
            [("", "https://a.org/x;\u00a0https://b\u00a0dot"), (" org/y", None)],
            ["https://a.org/x", "https://b.org/y"],
        ),
        ([("A page", "https://a.org/x"), (", p. 5", None)], ["https://a.org/x"]),
        ([("https://t", None), (".", None), ("me/x/5", None)], ["https://t.me/x/5"]),
        ([("a note", "/backgrounder/x")], ["https://site.example.org/backgrounder/x"]),
        ([("[email protected]", "/cdn-cgi/l/email-protection#a8")], []),
        ([("write", "mailto:a@example.org"), ("up", "#top")], []),
    ],
)
def test_linked(runs: list[tuple[str, str | None]], whole: list[str]) -> None:
    found = addresses([Run(*run) for run in runs], "https://site.example.org/page")
    assert list(found) == whole


@given(st.text(alphabet="htps:/. dot[](){}%20;,#?=abc-_", max_size=120))
def test_addresses_are_whole_or_none(text: str) -> None:
    for url in plain(text):
        assert url.startswith(("http://", "https://"))
        assert "..." not in url
        assert not any(char.isspace() for char in url)


def test_hostile_notes_take_no_time() -> None:
    begun = time.process_time()
    for text in (
        "a dot " * 50_000,
        "https://a" + " dot a" * 50_000,
        "h t t p " * 50_000,
        "https://" * 50_000,
    ):
        addresses([Run(text, None)])
    assert time.process_time() - begun < 10
