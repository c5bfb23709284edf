"""The terminal says what Telegram says, without its markup."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from bot.markup import bold, clean, escape, italic, join, link, quotation
from bot.model import Message
from bot.terminal import Quotation, TerminalChat, rendered
from index.errors import StoreError
from tests.fakes.chat import PEACEKEEPERS, Bench
from tests.fakes.reports import FakeReports

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.model import ReportSummary


class Typed:
    """A person who types lines and then leaves."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)

    def __call__(self, prompt: str) -> str:
        line = next(self.lines, None)
        if line is None:
            raise EOFError(prompt)
        return line


def screen(*lines: str, bench: Bench | None = None) -> str:
    console = Console(file=io.StringIO(), width=90, color_system=None)
    bench = bench or Bench()
    TerminalChat(bench.dialogue, console, bench.texts, Typed(lines)).run()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_conversation_with_its_buttons() -> None:
    seen = screen(PEACEKEEPERS, "2", "/footnotes", "1")
    assert "1. Viktor Antonov (Russia) · said" in seen
    assert "▌ Deputy minister Viktor Antonov stated" in seen
    assert (
        "HISS · 9 Apr 2025 · ¶4 · note 1 <https://harbour.example/assessments/2025-04-09>" in seen
    )
    assert "Buttons:  [1] Footnotes  [2] Context  [3] Open source" in seen
    assert "Context of quote 1" in seen
    assert "[1] https://ministry dot example/briefing-0904 — " in seen
    assert seen.count("1. Viktor Antonov (Russia) · said") == 2  # the last button goes back
    assert "<b>" not in seen


def test_a_button_with_an_address_shows_it() -> None:
    assert screen(PEACEKEEPERS, "3").rstrip().splitlines()[-2] == (
        "https://harbour.example/assessments/2025-04-09"
    )


def test_numbers_without_a_button_are_text() -> None:
    assert screen("7").count("The reports don") == 1


def test_a_notice_over_the_chat_is_a_line() -> None:
    bench = Bench()
    seen = screen(PEACEKEEPERS, "/forget", "1", bench=bench)
    assert "I no longer keep that answer" in seen


@pytest.mark.parametrize("ending", [["/quit"], ["/EXIT"][:0], ["", "  ", "/exit", "never read"]])
def test_the_chat_ends(ending: list[str]) -> None:
    seen = screen(*ending)
    assert seen.rstrip().endswith("Goodbye.")
    assert "never" not in seen


def test_a_keyboard_interrupt_ends_the_chat() -> None:
    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt(prompt)

    console = Console(file=io.StringIO(), width=90)
    bench = Bench()
    TerminalChat(bench.dialogue, console, bench.texts, interrupted).run()
    assert isinstance(console.file, io.StringIO)
    assert "Goodbye." in console.file.getvalue()


def test_a_store_that_fails_does_not_end_the_chat(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(FakeReports):
        def reports(self) -> list[ReportSummary]:
            raise StoreError("the catalogue is locked by somebody")

    seen = screen("/latest", PEACEKEEPERS, bench=Bench(reports=Failing()))
    assert "Something went wrong" in seen
    assert "Viktor Antonov" in seen
    assert "StoreError at" in caplog.text


def test_the_demonstration_shows_an_answer_its_footnotes_and_the_digest() -> None:
    console = Console(file=io.StringIO(), width=90, color_system=None)
    bench = Bench()
    chat = TerminalChat(bench.dialogue, console, bench.texts, Typed([]))
    chat.demo(PEACEKEEPERS, lambda: (Message(html=join([bold("Digest"), " of the day"])),))
    assert isinstance(console.file, io.StringIO)
    seen = console.file.getvalue()
    places = [
        seen.index(part)
        for part in (
            PEACEKEEPERS,
            "Viktor Antonov (Russia)",
            "Section “Negotiations”, paragraph 4",
            "Digest of the day",
        )
    ]
    assert places == sorted(places)


def plain(parts: list[Text | Quotation]) -> list[str]:
    return [part.text.plain if isinstance(part, Quotation) else part.plain for part in parts]


def test_markup_becomes_styles() -> None:
    line = join([bold("a<b"), " ", italic("c"), " ", link("d", "https://e.example/?a&b")])
    text, quote, rest = rendered(join([line, quotation(join(["q ", bold("r")])), "s"], "\n"))
    assert isinstance(text, Text)
    assert isinstance(quote, Quotation)
    assert plain([text, quote, rest]) == ["a<b c d <https://e.example/?a&b>", "q r", "s"]
    styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert styles["a<b"] == "bold"
    assert styles["c"] == "italic"
    assert "link https://e.example/?a&b" in styles["d"]


def test_an_address_that_is_its_own_label_is_shown_once() -> None:
    (text,) = rendered(link("https://e.example/", "https://e.example/"))
    assert plain([text]) == ["https://e.example/"]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_no_text_controls_the_terminal_and_none_is_lost(texts: list[str]) -> None:
    message = join([quotation(escape(text)) for text in texts], "\n")
    shown = "".join(plain(rendered(message)))
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "".join(shown.split()) == "".join(clean("".join(texts)).split())
