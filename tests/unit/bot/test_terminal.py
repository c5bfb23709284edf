"""The terminal says what Telegram says, without its markup."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.pager import SystemPager
from rich.text import Text

from bot.markup import bold, clean, escape, italic, join, link, quotation
from bot.model import Message
from bot.terminal import TerminalChat
from bot.terminal_text import Quotation, rendered
from bot.texts import load_texts
from index.errors import StoreError
from tests.fakes.chat import PEACEKEEPERS, Bench
from tests.fakes.reports import FakeReports
from tests.fakes.showcase import Stand

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
        if line == CTRL_C:
            raise KeyboardInterrupt
        return line


def screen(*lines: str, bench: Bench | Stand | None = None) -> str:
    console = Console(file=io.StringIO(), width=90, color_system=None)
    bench = bench or Bench()
    texts = load_texts()
    TerminalChat(bench.dialogue, console, texts, Typed(lines)).run()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_conversation_with_its_buttons() -> None:
    seen = screen(PEACEKEEPERS, "2", "/footnotes", "1")
    assert "1. Viktor Antonov (Russia) · said" in seen
    assert "▌ Deputy minister Viktor Antonov stated" in seen
    assert (
        "HISS · 9 Apr 2025 · ¶4 · note 1 <https://harbour.example/assessments/2025-04-09>" in seen
    )
    assert "\n[1] Footnotes  [2] Context\n[3] Timeline  [4] Export\n[5] Open source\n" in seen
    assert "Context of quote 1" in seen
    assert "[1] https://ministry dot example/briefing-0904 — " in seen
    assert seen.count("1. Viktor Antonov (Russia) · said") == 2  # the last button goes back
    assert "<b>" not in seen


def test_a_button_with_an_address_shows_it() -> None:
    assert screen(PEACEKEEPERS, "5").rstrip().splitlines()[-2] == (
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


CTRL_C = "^C"


def test_ctrl_c_drops_a_line_and_at_the_second_in_a_row_ends_the_chat() -> None:
    seen = screen(CTRL_C, "/latest", CTRL_C, CTRL_C, "never read")
    assert seen.count("Ctrl-D or /quit ends the chat") == 2
    assert "Latest reports" in seen
    assert "never" not in seen
    assert seen.rstrip().endswith("Goodbye.")


def test_ctrl_c_stops_what_takes_long_and_the_chat_goes_on() -> None:
    class Slow(FakeReports):
        def reports(self) -> list[ReportSummary]:
            raise KeyboardInterrupt

    seen = screen("/latest", PEACEKEEPERS, bench=Bench(reports=Slow()))
    assert "Stopped." in seen
    assert "Viktor Antonov" in seen


def test_questions_to_go_on_with_are_offered_once_they_are_found() -> None:
    stand = Stand()
    seen = screen(PEACEKEEPERS, "8", bench=stand)
    assert "[8] What did Ukraine say about peacekeepers?" in seen
    assert "Halyna Bondar (Ukraine) · said" in seen


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, StoreError("locked")])
def test_who_does_not_wait_for_more_has_the_buttons_there_are(trouble: BaseException) -> None:
    class Alone(Stand):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.beneath.look_further = self.fail  # type: ignore[method-assign]

        def fail(self, answer_id: str) -> bool:
            assert answer_id
            raise trouble

    seen = screen(PEACEKEEPERS, "/latest", bench=Alone())
    assert "[1] Footnotes  [2] Context" in seen
    assert "Latest reports" in seen


def test_forgetting_erases_the_lines_typed() -> None:
    bench, forgotten = Bench(), []
    console = Console(file=io.StringIO(), width=90)
    chat = TerminalChat(
        bench.dialogue, console, bench.texts, Typed([]), forget=lambda: forgotten.append(1)
    )
    chat.enter(PEACEKEEPERS)
    assert not forgotten
    chat.enter("/Forget")
    assert forgotten


@pytest.mark.parametrize("at_hand", [True, False], ids=["a person", "a pipe"])
def test_what_is_taller_than_the_terminal_opens_in_a_pager(
    at_hand: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paged = []
    monkeypatch.setenv("LESS", "R")
    monkeypatch.setattr(SystemPager, "show", lambda _, content: paged.append(content))
    console = Console(file=io.StringIO(), width=90, height=5, force_interactive=at_hand)
    bench = Bench()
    TerminalChat(bench.dialogue, console, bench.texts, Typed([PEACEKEEPERS, "/nosuch"])).run()
    assert isinstance(console.file, io.StringIO)
    assert ("Viktor Antonov" in "".join(paged)) is at_hand
    assert ("Viktor Antonov" in console.file.getvalue()) is not at_hand
    assert "Footnotes" in console.file.getvalue()
    assert "nosuch" in console.file.getvalue()


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


@pytest.mark.parametrize(
    ("between", "lines"),
    [("\n", ["a", "▌ q", "b"]), ("\n\n", ["a", "", "▌ q", "", "b"])],
)
def test_empty_lines_around_a_quotation_stay(between: str, lines: list[str]) -> None:
    console = Console(file=io.StringIO(), width=40)
    for part in rendered(join(["a", quotation("q"), "b"], between)):
        console.print(part)
    assert isinstance(console.file, io.StringIO)
    assert [line.rstrip() for line in console.file.getvalue().splitlines()] == lines


def test_empty_lines_between_quotations_stay() -> None:
    parts = rendered(join([join([quotation("a"), quotation("b")], "\n"), quotation("c")], "\n\n"))
    assert plain(parts) == ["a", "b", "", "c"]


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
