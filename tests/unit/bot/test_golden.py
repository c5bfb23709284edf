"""Each kind of message as it is sent, markup and buttons: compared with a file, to the character.

``BRIEFING_WRITE_GOLDEN=1 pytest tests/unit/bot/test_golden.py`` writes the files anew; read the
difference before you keep it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fakes.eye import accepted, written
from tests.fakes.showcase import SHOWCASE

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.mark.parametrize("name", SHOWCASE)
def test_a_message_is_as_it_was_and_telegram_takes_it(name: str) -> None:
    messages = SHOWCASE[name]()
    accepted(messages)
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("BRIEFING_WRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_bytes(written(messages).encode())
    assert written(messages) == golden.read_bytes().decode()


def test_every_golden_file_belongs_to_a_message() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(SHOWCASE)
