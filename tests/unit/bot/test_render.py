"""How views are worded: who speaks, what is folded, which source a button opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.markup import text_of
from bot.render import Renderer
from bot.texts import load_texts
from bot.views import AnswerView, Cited
from bot.wording import Wording, linked, shortened
from index.model import Searched, Statement
from tests.fakes.chat import PEACEKEEPERS, Bench
from tests.fakes.reports import HARBOUR
from tests.fakes.telegram import parsing

RENDERER = Renderer(Wording(load_texts(), {HARBOUR: "HISS"}, {"russia": "Russia"}))
SEARCHED = Searched(reports=1, first=None, last=None, publishers=())


def answer_view(cited: tuple[Cited, ...]) -> AnswerView:
    return AnswerView(id="a1", searched=SEARCHED, related=False, foreign=False, cited=cited)


def one(**changes: object) -> Cited:
    quote = Bench().reports.ask(PEACEKEEPERS, asked_on=date(2025, 4, 10)).quotes[0]
    return Cited(
        quote=replace(quote, **changes),  # type: ignore[arg-type]
        publisher_confirmed=True,
        section="Talks",
        paragraph=2,
        has_endnotes=True,
    )


def answer_text(cited: Cited) -> str:
    view = answer_view((cited,))
    (message,) = RENDERER.render(view)
    return parsing.formatted(message.html, "HTML", None).text


def said(*statements: tuple[str | None, str | None, str, date | None]) -> tuple[Statement, ...]:
    return tuple(
        Statement(speaker=speaker, side=side, cue=cue, date=day)
        for speaker, side, cue, day in statements
    )


@pytest.mark.parametrize(
    ("statements", "line"),
    [
        ((), "1."),
        (said(("A", "russia", "stated", None)), "1. A (Russia) · stated"),
        (said(("A", None, "stated", date(2025, 4, 9))), "1. A · stated"),
        (said(("A", "russia", "stated", date(2025, 4, 7))), "1. A (Russia) · stated · 7 Apr 2025"),
        (said((None, "russia", "claimed", None)), "1. Russia · claimed"),
        (said((None, None, "claimed", None)), "1."),
        (said(("Russia", "russia", "claimed", None)), "1. Russia · claimed"),
        (said((HARBOUR, None, "assessed", None)), "1. HISS · assessed"),
        (said(("A", "x", "denied", None), ("B", None, "said", None)), "1. A (x), B"),
        (said(("A", None, "said", None), ("A", None, "said", None)), "1. A · said"),
    ],
)
def test_who_speaks_stands_first(statements: tuple[Statement, ...], line: str) -> None:
    assert answer_text(one(statements=statements)).splitlines()[0] == line


def test_long_quotes_are_folded_and_short_ones_are_not() -> None:
    def html(text: str) -> str:
        cited = one(text=text, start=0, end=len(text))
        view = answer_view((cited,))
        return RENDERER.render(view)[0].html

    assert "<blockquote expandable>" in html("word " * 71)
    assert "<blockquote>" in html("word " * 70)


def test_buttons_name_the_quotes_of_each_source() -> None:
    first, other = one(), one(url="https://other.example/")
    view = answer_view((first, other, first))
    (message,) = RENDERER.render(view)
    assert [button.label for button in message.keyboard[2]] == ["Source 1, 3", "Source 2"]


def test_a_long_answer_has_its_buttons_under_the_last_message_alone() -> None:
    text = "word " * 600
    cited = one(text=text, start=0, end=len(text))
    view = answer_view((cited, cited, cited))
    messages = RENDERER.render(view)
    assert len(messages) == 3
    assert [bool(message.keyboard) for message in messages] == [False, False, True]


def test_addresses_in_a_note_become_links_once() -> None:
    text = "See https://e.example/a and https://e.example/a/b."
    line = linked(text, ["https://e.example/a", "https://e.example/a/b", "https://f.example/"])
    assert text_of(line) == text
    assert line.count("<a ") == 2
    assert '<a href="https://e.example/a/b">https://e.example/a/b</a>.' in line


def test_shortening_cuts_after_a_word() -> None:
    assert shortened("one two  three\nfour", 13) == "one two three …"
    assert shortened("one two", 7) == "one two"
    assert shortened("x" * 20, 5, "[…]") == "xxxxx […]"
