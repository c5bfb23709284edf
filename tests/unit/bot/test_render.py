"""Every view as Telegram takes it: golden renderings, and generated content of any kind."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markup import clean, is_visible, text_of
from bot.ports import Corpus, SourceHealth
from bot.render import Renderer
from bot.texts import load_texts
from bot.views import (
    AnswerView,
    Cited,
    ContextView,
    FootnotesView,
    HelpView,
    LatestView,
    NoticeView,
    SourcesView,
    View,
)
from bot.wording import Wording, linked, shortened
from index.model import Footnote, Quote, ReportSummary, Searched, Statement
from tests.fakes.chat import ALICE, PEACEKEEPERS, Bench
from tests.fakes.reports import HARBOUR, FakeReports
from tests.fakes.telegram import keyboards, parsing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.model import Button, Message
    from bot.service import Conversation
    from tests.fakes.telegram.errors import JsonObject

GOLDEN = Path(__file__).parent / "golden"
TARGET = "Which peacekeepers become a legitimate target for Antonov?"
RENDERER = Renderer(Wording(load_texts(), {HARBOUR: "HISS"}, {"russia": "Russia"}))


def accepted(messages: Sequence[Message]) -> list[str]:
    """Let Telegram's parser read messages and their keyboards; return what people see."""
    assert messages
    shown = []
    for message in messages:
        read = parsing.formatted(message.html, "HTML", None)
        assert 0 < parsing.utf16_length(read.text) <= parsing.MAX_TEXT
        assert read.dropped == 0
        rows: list[object] = [[as_json(button) for button in row] for row in message.keyboard]
        keyboards.check({"inline_keyboard": rows})
        assert all(message.keyboard)
        shown.append(read.text)
    return shown


def as_json(button: Button) -> JsonObject:
    action: JsonObject = {"url": button.url} if button.url else {"callback_data": button.data}
    return {"text": button.label} | action


def written(messages: Sequence[Message]) -> str:
    """Write messages as the golden files hold them."""
    parts = []
    for message in messages:
        rows = [
            " ".join(f"[{button.label} -> {button.data or button.url}]" for button in row)
            for row in message.keyboard
        ]
        parts.append("\n".join([message.html, *rows]))
    return "\n-----\n".join(parts) + "\n"


def after(question: str, show: Callable[[Conversation], View]) -> Callable[[], View]:
    def view() -> View:
        talk = Bench().conversation
        talk.ask(ALICE, question)
        return show(talk)

    return view


VIEWS: dict[str, Callable[[], View]] = {
    "answer": lambda: Bench().conversation.ask(ALICE, TARGET),
    "answer-undated-unconfirmed": lambda: Bench().conversation.ask(ALICE, "observers travel"),
    "refusal": lambda: Bench().conversation.ask(ALICE, "Which peacekeepers play football?"),
    "refusal-foreign": lambda: Bench().conversation.ask(ALICE, "Какие миротворцы играют?"),
    "refusal-without-nearest": lambda: Bench().conversation.ask(ALICE, "How do chickens sing?"),
    "refusal-empty-store": lambda: Bench(reports=FakeReports([])).conversation.ask(
        ALICE, PEACEKEEPERS
    ),
    "footnotes": after(TARGET, lambda talk: talk.footnotes(ALICE)),
    "footnotes-of-the-paragraph": after(
        "Repair crews restored power", lambda talk: talk.footnotes(ALICE)
    ),
    "footnotes-none": after("observers travel", lambda talk: talk.footnotes(ALICE)),
    "footnotes-related": after("peacekeepers", lambda talk: talk.footnotes(ALICE)),
    "context": after(TARGET, lambda talk: talk.context(ALICE, number=2)),
    "latest": Bench().conversation.latest,
    "latest-empty": Bench(reports=FakeReports([])).conversation.latest,
    "sources": Bench().conversation.sources,
    "sources-empty": Bench(reports=FakeReports([])).conversation.sources,
    "help": lambda: Bench().conversation.help(Bench().dialogue.menu),
    "notice": lambda: Bench().conversation.ask(ALICE, "?"),
}


@pytest.mark.parametrize("name", VIEWS)
def test_golden_rendering(name: str) -> None:
    messages = Bench().renderer.render(VIEWS[name]())
    accepted(messages)
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("BRIEFING_WRITE_GOLDEN"):
        golden.write_text(written(messages), encoding="utf-8")
    assert written(messages) == golden.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_view() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(VIEWS)


# Generated content

hostile = st.text(st.characters(), max_size=60) | st.sampled_from(
    ["<b>", "&amp; </a>", "x" * 5000, "{n} {name}", "\ud800\x00\u202e", " ", "ж😀 " * 2000]
)
maybe = st.none() | hostile
days = st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))
addresses = st.sampled_from(
    [
        "https://e.example/a?b=1&c=2",
        "https://e.example/" + "y" * 1990,
        "ftp://e",
        "",
        "x y",
        "http://e",
    ]
) | st.builds("https://e.example/{}".format, hostile)
statements = st.builds(
    Statement,
    speaker=maybe,
    side=st.sampled_from([None, "russia", "other"]),
    cue=hostile,
    date=days,
)
footnotes = st.builds(
    Footnote,
    label=st.sampled_from(["1", "xii", "<9>"]),
    text=hostile | addresses,
    urls=st.lists(addresses, max_size=3).map(tuple),
    status=st.sampled_from(["resolved", "missing"]),
    scope=st.sampled_from(["sentence", "paragraph"]),
)
searched = st.builds(
    Searched,
    reports=st.integers(0, 3),
    first=days,
    last=days,
    publishers=st.lists(hostile, max_size=8).map(tuple),
)


@st.composite
def cited(draw: st.DrawFn) -> Cited:
    text = draw(hostile.filter(bool))
    quote = Quote(
        start=0,
        end=len(text),
        text=text,
        report_id="r",
        revision=1,
        publisher=draw(maybe),
        title=draw(maybe),
        published=draw(days),
        url=draw(st.none() | addresses),
        score=1.0,
        statements=tuple(draw(st.lists(statements, max_size=3))),
        footnotes=tuple(draw(st.lists(footnotes, max_size=40))),
    )
    return Cited(
        quote=quote,
        publisher_confirmed=draw(st.booleans()),
        section=draw(maybe),
        paragraph=draw(st.none() | st.integers(1, 99)),
        has_endnotes=draw(st.booleans()),
    )


quotes = st.lists(cited(), max_size=12).map(tuple)
summaries = st.builds(
    ReportSummary,
    id=st.just("r"),
    publisher=maybe,
    title=maybe,
    authors=st.just(()),
    published=days,
    url=st.none() | addresses,
    language=st.just("en"),
    revision=st.just(1),
)
corpora = st.builds(
    Corpus,
    reports=st.integers(0, 2),
    passages=st.integers(0, 2),
    publishers=st.lists(st.tuples(hostile, st.integers(0, 9)), max_size=9).map(tuple),
    first=days,
    last=days,
)
health = st.builds(
    SourceHealth, name=hostile, reports=st.integers(0, 9), last_success=st.none(), last_error=maybe
)
views: st.SearchStrategy[View] = st.one_of(
    st.builds(
        AnswerView,
        id=st.just("a1"),
        searched=searched,
        related=st.booleans(),
        foreign=st.booleans(),
        cited=quotes,
    ),
    st.builds(
        FootnotesView,
        id=st.just("a1"),
        related=st.booleans(),
        cited=quotes.map(lambda many: tuple(enumerate(many, 1))),
    ),
    st.builds(
        ContextView,
        id=st.just("a1"),
        related=st.booleans(),
        number=st.integers(1, 20),
        count=st.integers(1, 20),
        cited=cited(),
        before=hostile,
        after=hostile,
        cut_before=st.booleans(),
        cut_after=st.booleans(),
    ),
    st.builds(LatestView, reports=st.lists(summaries, max_size=20).map(tuple), total=st.just(20)),
    st.builds(SourcesView, corpus=corpora, sources=st.lists(health, max_size=30).map(tuple)),
    st.builds(
        HelpView,
        corpus=corpora,
        commands=st.lists(st.tuples(hostile, hostile), max_size=20).map(tuple),
    ),
    st.builds(
        NoticeView,
        key=st.just("notice.unknown_command"),
        values=st.fixed_dictionaries({"name": hostile}),
    ),
)


@given(views)
@settings(deadline=None, max_examples=150)
def test_telegram_takes_whatever_is_shown(view: View) -> None:
    accepted(RENDERER.render(view))


def letters(text: str) -> str:
    return "".join(character for character in clean(text) if is_visible(character))


def answer_view(cited: tuple[Cited, ...]) -> AnswerView:
    return AnswerView(id="a1", searched=SEARCHED, related=False, foreign=False, cited=cited)


@given(quotes.filter(bool))
@settings(deadline=None, max_examples=60)
def test_no_letter_of_a_quote_or_a_note_is_lost(many: tuple[Cited, ...]) -> None:
    view = answer_view(many)
    answer = letters("".join(accepted(RENDERER.render(view))))
    behind = FootnotesView(id="a1", related=False, cited=tuple(enumerate(many, 1)))
    notes = letters("".join(accepted(RENDERER.render(behind))))
    for each in many:
        assert letters(each.quote.text) in answer
        for note in each.quote.footnotes:
            if note.status == "resolved":
                assert letters(note.text) in notes
                assert all(letters(url) in notes for url in note.urls)


SEARCHED = Searched(reports=1, first=None, last=None, publishers=())


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
    assert [button.label for button in message.keyboard[1]] == ["Source 1, 3", "Source 2"]


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
