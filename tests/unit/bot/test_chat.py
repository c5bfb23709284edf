"""The dialogue: commands, questions and buttons find their handlers, and what they reply."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.chat import Chat
from bot.dialogue import Action, Command, Reply, Request, command_of
from bot.model import Message
from tests.fakes.chat import ALICE, BOB, PEACEKEEPERS, Bench

TARGET = "Which peacekeepers become a legitimate target for Antonov?"


def hear(bench: Bench, text: str) -> Reply:
    return bench.dialogue.hear(Request(asker=ALICE, text=text))


def press(bench: Bench, data: str) -> Reply:
    return bench.dialogue.press(Request(asker=ALICE, text=data))


def said(reply: Reply) -> str:
    assert not reply.edit
    assert reply.toast is None
    (message,) = reply.messages
    return message.html


def answered() -> Bench:
    bench = Bench()
    hear(bench, TARGET)
    return bench


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("/ask who", ("ask", None, "who")),
        ("/ask@some_bot  who\nand why ", ("ask", "some_bot", "who\nand why")),
        (" /ask", ("ask", None, "")),
        ("/ASK\tx", ("ASK", None, "x")),
        ("ask /who", None),
        ("/", None),
        ("//x", None),
        ("/" + "x" * 33, None),
        ("/résumé", None),
    ],
)
def test_reading_a_command(text: str, read: object) -> None:
    assert command_of(text) == read


@pytest.mark.parametrize("text", [PEACEKEEPERS, f"/ask {PEACEKEEPERS}", f"/ASK {PEACEKEEPERS}"])
def test_a_question_is_answered_however_it_is_asked(text: str) -> None:
    assert "Viktor Antonov" in said(hear(Bench(), text))


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("/ask", "Write your question after the command"),
        ("", "I need a question in words"),
        ("/foo bar", "know /foo."),
        ("/footnotes", "There is no answer here yet"),
        ("/footnotes x", "/footnotes 2"),
        ("/context ²", "/context 2"),
        ("/context 1234567890123", "/context 2"),
        ("/latest", "Latest reports"),
        ("/sources", "What I search"),
        ("/start", "I answer questions"),
        ("/start a_payload", "I answer questions"),
        ("/help", "/latest "),
        ("/forget", "I keep nothing about you"),
        ("/ask " + "x" * 2000, "That is 2000 characters; a question can have 1000"),
    ],
)
def test_commands(text: str, reply: str) -> None:
    assert reply in said(hear(Bench(), text))


def test_footnotes_and_context_of_one_quote() -> None:
    bench = answered()
    assert "[1] https://ministry" in said(hear(bench, "/footnotes"))
    assert "[1] https://ministry" not in said(hear(bench, "/footnotes 1"))
    assert "<b>Context of quote 1</b>" in said(hear(bench, "/context"))
    assert "<b>Context of quote 2</b>" in said(hear(bench, "/context 2"))
    assert "quotes 1 to 2" in said(hear(bench, "/context 3"))


def test_buttons_change_the_message_they_stand_under() -> None:
    bench = answered()
    for data, shown in [
        ("f:a1", "<b>Footnotes</b>"),
        ("f:a1:2", "[1] https://ministry"),
        ("c:a1:2", "<b>Context of quote 2</b>"),
        ("c:a1", "<b>Context of quote 1</b>"),
        ("a:a1", "<b>1.</b>"),
    ]:
        reply = press(bench, data)
        assert reply.edit
        assert shown in reply.messages[0].html


@pytest.mark.parametrize(
    ("data", "toast"),
    [
        ("f:a9", "I no longer keep that answer"),
        ("c:a1:7", "quotes 1 to 2"),
        ("zzz", "this button any more"),
        ("", "this button any more"),
        ("f", "I no longer keep that answer"),
        ("c:a1:x", None),
        ("f:a1:" + "9" * 50, None),
    ],
)
def test_odd_buttons_are_answered_over_the_chat(data: str, toast: str | None) -> None:
    reply = press(answered(), data)
    assert (toast is None) == (reply.toast is None)
    assert toast is None or toast in (reply.toast or "")
    assert bool(reply.messages) == (toast is None)


def test_the_button_of_an_answer_in_another_chat() -> None:
    reply = answered().dialogue.press(Request(asker=BOB, text="f:a1"))
    assert reply.toast == "That answer belongs to another chat."


def test_back_to_a_long_answer_shows_its_last_message() -> None:
    bench = Bench()
    report = bench.reports.report("hi-0409")
    long = report.text.replace("a legitimate target", "a legitimate " + "very " * 900 + "target")
    spans = {"blocks": report.blocks[:-2], "markers": (), "takeaways": ()}
    last = report.blocks[-2]
    block = replace(last, end=last.end + len(long) - len(report.text))
    bench.reports.add(replace(report, text=long, **spans | {"blocks": (*spans["blocks"], block)}))  # type: ignore[arg-type]
    asked = hear(bench, TARGET)
    assert len(asked.messages) > 1
    assert press(bench, "a:a1") == Reply(messages=asked.messages[-1:], edit=True)


def test_other_parts_add_commands_and_buttons() -> None:
    def echo(request: Request) -> Reply:
        return Reply(messages=(Message(html=f"{request.asker.person} {request.text}"),))

    dialogue = Bench().chat.dialogue(
        [
            Command(name="digest", about="the digest", run=echo),
            Command(name="x", about="", run=echo),
        ],
        [Action(name="d", run=echo)],
    )
    assert dialogue.hear(Request(asker=ALICE, text="/digest now")).messages[0].html == "1001 now"
    assert dialogue.press(Request(asker=ALICE, text="d:7:x")).messages[0].html == "1001 7:x"
    names = [name for name, _ in dialogue.menu]
    assert "digest" in names
    assert not {"x", "start"} & set(names)
    assert "the digest\n" in dialogue.hear(Request(asker=ALICE, text="/help")).messages[0].html
    assert dialogue.knows("Digest")
    assert dialogue.knows("start")
    assert not dialogue.knows("nothing")


def test_two_commands_of_one_name_are_a_defect() -> None:
    taken = Command(name="latest", about="x", run=lambda _: Reply())
    with pytest.raises(ValueError, match="share a name"):
        Bench().chat.dialogue([taken])


def test_the_menu_fits_telegram() -> None:
    for name, about in Bench().dialogue.menu:
        assert name.isalnum()
        assert name == name.lower()
        assert 1 <= len(about) <= 256


def test_forgetting_reaches_other_parts_too() -> None:
    bench, told = answered(), []

    def other(person: int) -> bool:
        told.append(person)
        return False

    bench.chat = Chat(bench.conversation, bench.renderer, bench.texts, [other])
    assert "is erased" in said(hear(bench, "/forget"))
    assert "nothing about you" in said(hear(bench, "/forget"))
    assert told == [1001, 1001]
    bench.chat = Chat(bench.conversation, bench.renderer, bench.texts, [lambda _: True])
    assert "is erased" in said(hear(bench, "/forget"))
