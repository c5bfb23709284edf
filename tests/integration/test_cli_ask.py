"""Questions from the command line, one by one and in files, over the bundled samples."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.build import SystemClock
from tests.fakes.command_line import ingested, run, served_by
from tests.fakes.embedder import bundled
from tests.fakes.shapes import ANSWER, PASSAGE, QUOTE, a_quote, shaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PEACEKEEPERS: Final = "what did Russia say about peacekeepers?"
EVENING: Final = ("--asked-on", "2025-04-14")


@pytest.fixture(autouse=True, scope="module")
def _one_model() -> Iterator[None]:
    yield from served_by(bundled())


@pytest.fixture(scope="module")
def data() -> Path:
    return ingested()[0]


def ask(data: Path, *argv: str) -> dict[str, Any]:
    document: dict[str, Any] = run("ask", "--json", "--data", str(data), *argv).document
    return document


def test_an_answer_has_its_shape_and_its_slices(data: Path) -> None:
    answer = ask(data, *EVENING, PEACEKEEPERS)
    shaped(answer, ANSWER)
    assert (answer["question"], answer["asked_on"]) == (PEACEKEEPERS, "2025-04-14")
    assert (answer["status"], answer["nearest"]) == ("answered", None)
    assert 0.5 < answer["confidence"] <= 1
    assert answer["searched"] == {
        "reports": 8,
        "from": "2025-04-09",
        "to": "2025-04-14",
        "publishers": [
            "Larkspur Security Review",
            "Northgate Conflict Monitor",
            "Quillhaven Dispatch",
        ],
    }
    assert 1 <= len(answer["quotes"]) <= 5
    for quote in answer["quotes"]:
        report = run("report", "--json", "--data", str(data), quote["report_id"]).document
        a_quote(quote, report["text"])
        cited = ("publisher", "title", "published", "url")
        assert [quote[name] for name in cited] == [report[name] for name in cited]
    assert any(note["urls"] for quote in answer["quotes"] for note in quote["footnotes"])


def test_an_answer_for_people_shows_the_quote_and_its_citation(data: Path) -> None:
    quote = ask(data, *EVENING, PEACEKEEPERS)["quotes"][0]
    page = run("ask", "--data", str(data), *EVENING, PEACEKEEPERS).out
    assert quote["text"] in page
    assert quote["title"] in page


def test_a_refusal_is_a_success(data: Path) -> None:
    answer = ask(data, *EVENING, "Who won the football cup in Brazil?")
    assert (answer["status"], answer["quotes"]) == ("not_found", [])
    shaped(answer["nearest"], QUOTE)
    page = run("ask", "--data", str(data), *EVENING, "Who won the football cup in Brazil?")
    assert page.code == 0
    assert "8 reports" in page.out


def test_only_what_was_published_by_then_is_searched(data: Path) -> None:
    early = ask(data, "--asked-on", "2025-04-09", PEACEKEEPERS)
    assert early["searched"]["reports"] == 1
    shown = [*early["quotes"], *([early["nearest"]] if early["nearest"] else [])]
    assert {quote["published"] for quote in shown} == {"2025-04-09"}
    before = ask(data, "--asked-on", "2025-04-01", PEACEKEEPERS)
    assert before["searched"] == {"reports": 0, "from": None, "to": None, "publishers": []}
    assert (before["status"], before["nearest"]) == ("not_found", None)


def test_asked_today_unless_said_otherwise(data: Path) -> None:
    before = SystemClock().now().date().isoformat()
    asked_on = ask(data, PEACEKEEPERS)["asked_on"]
    assert before <= asked_on <= SystemClock().now().date().isoformat()


def test_history_explains_a_follow_up(data: Path) -> None:
    history = ("--history", "What did Kellogg say about a force in Ukraine?")
    question = "did he want American troops in it?"
    alone, followed = ask(data, *EVENING, question), ask(data, *EVENING, *history, question)
    assert followed["question"] == question
    assert alone["confidence"] != followed["confidence"]


def test_passages_are_ranked(data: Path) -> None:
    found = run("passages", "--json", "--data", str(data), "--top", "7", PEACEKEEPERS).document
    assert set(found) == {"question", "passages"}
    assert len(found["passages"]) == 7
    scores = [one["score"] for one in found["passages"]]
    assert scores == sorted(scores, reverse=True)
    texts = {}
    for one in found["passages"]:
        shaped(one, PASSAGE)
        id_ = one["report_id"]
        if id_ not in texts:
            texts[id_] = run("report", "--json", "--data", str(data), id_).document["text"]
        assert one["text"] == texts[id_][one["start"] : one["end"]]
    assert len(run("passages", "--json", "--data", str(data), "drones").document["passages"]) == 5


def test_a_batch_answers_line_by_line(data: Path, tmp_path: Path) -> None:
    questions = [
        {"id": "a", "question": PEACEKEEPERS, "asked_on": "2025-04-14"},
        {"id": 7, "question": PEACEKEEPERS, "asked_on": "2025-04-09", "history": []},
        {"question": "Who won the cup?", "asked_on": None},
        {
            "id": "d",
            "question": "would Americans be part of it?",
            "asked_on": "2025-04-14",
            "history": ["What did Kellogg say about a force in Ukraine?"],
        },
    ]
    file, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    file.write_text("\n".join(map(json.dumps, questions)) + "\n\n", "utf-8")
    ran = run("ask", "--data", str(data), *EVENING, "--batch", str(file))
    assert ran.code == 0
    assert [one["id"] for one in ran.lines] == ["a", 7, None, "d"]
    assert [one["asked_on"][-2:] for one in ran.lines] == ["14", "09", "14", "14"]
    for one in ran.lines:
        shaped(one, ANSWER | {"id": (str, int, type(None))})
    assert {**ask(data, *EVENING, PEACEKEEPERS), "id": "a"} == ran.lines[0]
    written = run("ask", "--data", str(data), *EVENING, "--batch", str(file), "--out", str(out))
    assert (written.code, written.out) == (0, "")
    assert out.read_text("utf-8") == ran.out
    ranked = run("passages", "--data", str(data), "--top", "2", "--batch", str(file))
    assert [set(one) for one in ranked.lines] == [{"id", "question", "passages"}] * 4


BROKEN: Final = [
    b"{",
    b"[]",
    b"null",
    b"{}",
    b'{"question": 5}',
    b'{"question": "x", "asked_on": "yesterday"}',
    b'{"question": "x", "asked_on": 5}',
    b'{"question": "x", "asked_on": ""}',
    b'{"question": "x", "history": "before"}',
    b'{"question": "x", "history": [5]}',
    b'{"question": "x", "id": [7]}',
    b'{"question": "x", "id": NaN}',
    b'{"question": "\xff"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("command", ["ask", "passages"])
def test_a_broken_line_fails_alone(data: Path, tmp_path: Path, command: str) -> None:
    file, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    good = json.dumps({"id": "last", "question": PEACEKEEPERS}).encode()
    file.write_bytes(b"\n".join([*BROKEN, b"", good]))
    options = ("--batch", str(file), "--out", str(out), *EVENING)
    ran = run(command, "--data", str(data), *options)
    assert (ran.code, ran.out) == (1, "")
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(lines) == len(BROKEN) + 1
    for number, line in enumerate(lines[:-1], start=1):
        assert line["id"] is None
        assert set(line) == {"id", "error"}
        assert f"line {number}:" in line["error"]
        assert f"line {number}:" in ran.err
    assert lines[-1]["id"] == "last"
    assert lines[-1].get("quotes") or lines[-1]["passages"]


ODD: Final = ("\ud800", "a\u2028b\u2029c\x85d", "Zażółć 🙂", '"\\')


def test_any_character_comes_back_as_it_was(data: Path, tmp_path: Path) -> None:
    """Half characters have no UTF-8, and some readers end a line where JSON does not."""
    file, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    questions = [f"{one} peacekeepers" for one in ODD]
    lines = [{"id": one, "question": one, "history": [one]} for one in questions]
    file.write_text("\n".join(map(json.dumps, lines)))
    ran = run("ask", "--data", str(data), "--batch", str(file), "--out", str(out))
    assert ran.code == 0
    found = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [one["id"] for one in found] == questions
    assert [one["question"] for one in found] == questions


def test_a_file_may_open_with_a_byte_order_mark(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps({"id": "a", "question": PEACEKEEPERS}) + "\r\n", "utf-8-sig")
    (line,) = run("ask", "--data", str(data), *EVENING, "--batch", str(file)).lines
    assert (line["id"], line["status"]) == ("a", "answered")


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_batch_that_cant_be_read_is_named(data: Path, tmp_path: Path, name: str) -> None:
    ran = run("ask", "--data", str(data), "--batch", str(tmp_path / name))
    assert (ran.code, ran.out) == (2, "")
    assert "--batch" in ran.err


def test_a_batch_that_cant_be_written_is_named(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("{}\n")
    for out in (tmp_path / "absent" / "out.jsonl", tmp_path, file):
        ran = run("ask", "--data", str(data), "--batch", str(file), "--out", str(out))
        assert ran.code == 2
        assert "--out" in ran.err
    assert file.read_text() == "{}\n"


def test_the_demo_answers_whatever_day_it_is(data: Path) -> None:
    """It is what a first start shows, and it asks today, long after the samples."""
    shown = run("demo", "--data", str(data))
    assert shown.code == 0
    assert "Miroshnik" in shown.out
    assert "The reports don\u2019t say" not in shown.out
    assert "Key takeaways" in shown.out
    assert ask(data, PEACEKEEPERS)["status"] == "answered"
