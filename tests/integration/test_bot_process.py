"""The whole bot as a person starts it: its process, the sample reports, the strict fake server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.cli import main
from tests.fakes.telegram.server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.telegram.records import Accepted

TOKEN = "77:TEST-token-that-nobody-may-read"
ROOT = Path(__file__).parents[2]
ALICE = 1001
QUESTION = "what did Russia say about peacekeepers?"
LONG = 90.0  # seconds: the model loads meanwhile


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample reports, indexed by a process of its own."""
    folder = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "bot.cli", "--data", str(folder), "samples"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@contextmanager
def running(data: Path, url: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run the bot's process, and end it as an operator does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "--data", str(data), "run", "--api-url", url, *options],
        cwd=ROOT,
        env=os.environ | {"TELEGRAM_BOT_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=LONG)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, log
    assert TOKEN not in log
    assert "Traceback" not in log


def buttons(record: Accepted) -> dict[str, str]:
    """Labels of a message's buttons with what they send."""
    markup: Any = record.reply_markup or {}
    return {
        button["text"]: button.get("callback_data", "")
        for row in markup.get("inline_keyboard", [])
        for button in row
    }


def is_answer(record: Accepted) -> bool:
    """Tell an answer by its button."""
    return any("Footnotes" in label for label in buttons(record))


def test_ask_footnotes_context_and_a_digest_over_a_restart(data: Path) -> None:
    with FakeTelegram(token=TOKEN, bot_username="briefing_test_bot") as server:
        server.private(ALICE)
        with running(data, server.url):
            server.user_says(ALICE, "/start")
            server.wait_for(chat_id=ALICE, contains="/subscribe", timeout=LONG)
            server.user_says(ALICE, QUESTION)
            answer = server.wait_for(is_answer, chat_id=ALICE, timeout=LONG)
            soon = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%H:%M")
            server.user_says(ALICE, f"/subscribe {soon} UTC")
            server.wait_for(chat_id=ALICE, contains=soon, timeout=LONG)
        with running(data, server.url):
            pressed = next(data for label, data in buttons(answer).items() if "Footnotes" in label)
            server.press(answer, data=pressed)
            notes = server.wait_for(
                chat_id=ALICE, contains="Footnotes", after=answer.seq, timeout=LONG
            )
            assert "[1]" in (notes.text or "")
            digest = server.wait_for(chat_id=ALICE, contains="Key takeaways", timeout=LONG)
            assert "14 Apr 2025" in (digest.text or "")
        server.assert_clean()
        assert not server.dropped_entities
        digests = [one for one in server.sent(ALICE) if "Key takeaways" in (one.text or "")]
        assert len(digests) == 1


def test_a_missing_token_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["--data", str(tmp_path), "run"]) == 2
    assert "TELEGRAM_BOT_TOKEN" in capsys.readouterr().err
