"""Whatever fills a message, Telegram takes it and no text is lost: a sample of the whole sweep."""

from __future__ import annotations

import pytest

from bot.markup import bold
from bot.model import Message
from tests.fakes.contents import KINDS, Content, content, lost

SAMPLE = 450  # contents; the whole sweep is benchmarks/rendering.py


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_telegram_takes_whatever_is_shown_and_shows_all_of_it(kind: int) -> None:
    for seed in range(kind, SAMPLE, len(KINDS)):
        one = content(seed)
        assert one.kind == KINDS[kind]
        assert not lost(one), f"seed {seed}"


def test_text_that_is_cut_off_is_noticed() -> None:
    whole = "Grain exports rose & fell."
    message = Message(html=bold(whole[:-2]))
    assert lost(Content(kind="x", messages=(message,), told=(whole,))) == [whole]


def test_the_sample_holds_text_of_several_messages() -> None:
    assert any(len(content(seed).messages) > 1 for seed in range(len(KINDS)))
