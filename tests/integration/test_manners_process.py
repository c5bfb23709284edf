"""The bot's own process: a link, a vote, an inline answer, an upload, somebody not invited."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fakes.command_line import run
from tests.fakes.telegram.server import FakeTelegram
from tests.integration.test_bot_process import LONG, TOKEN, buttons, is_answer, running

if TYPE_CHECKING:
    from collections.abc import Callable

ALICE, BOSS, STRANGER = 1001, 1009, 1666
SAMPLES = Path("config/samples")
LATE = "2025-04-14-northgate-ukraine-front-assessment.html"
QUESTION = "what did Russia say about peacekeepers?"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with all samples but one."""
    folder = tmp_path / "data"
    names = [str(one) for one in sorted(SAMPLES.iterdir()) if one.name != LATE]
    assert run("ingest", *names, "--data", str(folder)).code == 0
    return folder


def eventually(holds: Callable[[], object]) -> None:
    end = time.monotonic() + LONG
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)


def test_manners_in_the_bots_own_process(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text(f"[telegram]\nadmins = [{BOSS}]\nallowed = [{ALICE}]\n", "utf-8")
    with FakeTelegram(token=TOKEN, bot_username="briefing_test_bot") as server:
        for person in (ALICE, BOSS, STRANGER):
            server.private(person)
        with running(data, server.url, "--config", str(config)):
            server.user_says(STRANGER, QUESTION)
            server.wait_for(chat_id=STRANGER, contains="invited people only", timeout=LONG)
            server.user_says(ALICE, QUESTION)
            answer = server.wait_for(is_answer, chat_id=ALICE, timeout=LONG)
            vote = server.press(answer, data=buttons(answer)["👍"])
            eventually(lambda: vote in server.callback_answers)
            assert server.callback_answers[vote]["text"] == "Thank you!"
            answer_id = buttons(answer)["👍"].split(":")[1]
            server.user_says(BOSS, f"/start a_{answer_id}")
            opened = server.wait_for(is_answer, chat_id=BOSS, timeout=LONG)
            assert opened.text == answer.text
            query = server.inline_query(ALICE, QUESTION)
            eventually(lambda: query in server.inline_answers)
            results: Any = server.inline_answers[query]["results"]
            assert results
            assert results[0]["text"] in (answer.text or "").replace("1. ", "")
            server.user_sends_document(BOSS, LATE, (SAMPLES / LATE).read_bytes())
            server.wait_for(chat_id=BOSS, contains="You can ask about it now.", timeout=LONG)
            server.user_says(BOSS, "/status")
            server.wait_for(chat_id=BOSS, contains="Answers: 👍 1, 👎 0", timeout=LONG)
            server.user_says(ALICE, "/latest")
            server.wait_for(chat_id=ALICE, contains="14 Apr 2025", timeout=LONG)
        server.assert_clean()
    document = run("stats", "--json", "--data", str(data)).document
    assert document["feedback"] == {"good": 1, "bad": 0}
    assert "answers voted good: 1, bad: 0" in run("stats", "--data", str(data)).out
