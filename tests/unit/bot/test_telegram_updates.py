"""Which messages are meant for the bot."""

from __future__ import annotations

import pytest

from bot.telegram_updates import Heard, addressed

KNOWN = frozenset({"ask", "latest"})


def heard(
    text: str,
    *mentions: str,
    private: bool = False,
    answers_bot: bool = False,
) -> str | None:
    what = Heard(text=text, private=private, mentions=mentions, answers_bot=answers_bot)
    return addressed(what, "Briefing_Bot", KNOWN.__contains__)


@pytest.mark.parametrize("text", ["who?", "/ask who", "/unknown", "/ask@briefing_bot who"])
def test_everything_in_private(text: str) -> None:
    assert heard(text, private=True) == text


@pytest.mark.parametrize("private", [True, False])
def test_commands_of_other_bots_are_theirs(private: bool) -> None:  # noqa: FBT001
    assert heard("/ask@other_bot who", private=private) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("who?", None),
        ("/ask who", "/ask who"),
        ("/unknown", None),
        ("/unknown@briefing_bot", "/unknown@briefing_bot"),
    ],
)
def test_in_a_group_a_command_the_bot_has(text: str, meant: str | None) -> None:
    assert heard(text) == meant


def test_in_a_group_a_mention_is_taken_out() -> None:
    assert heard("@Briefing_Bot who said\nwhat", "@Briefing_Bot") == "who said what"
    assert heard("who, @briefing_bot, said?", "@briefing_bot") == "who, , said?"
    assert heard("@briefing_bot", "@briefing_bot") == ""


def test_in_a_group_a_reply_to_the_bot() -> None:
    assert heard("and Ukraine?", answers_bot=True) == "and Ukraine?"
    assert heard("/unknown", answers_bot=True) == "/unknown"
