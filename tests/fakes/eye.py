"""What people see of messages: read by Telegram's own parser, keyboards checked for every limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram import keyboards, parsing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.model import Button, Message
    from tests.fakes.telegram.errors import JsonObject


def seen(message: Message) -> str:
    """Return the text of a message that Telegram takes.

    Raises:
        ApiError: Telegram refuses its markup or its keyboard.
        AssertionError: it is empty or too long, or some of its styles would be dropped.
    """
    read = parsing.formatted(message.html, "HTML", None)
    assert 0 < parsing.utf16_length(read.text) <= parsing.MAX_TEXT
    assert read.dropped == 0
    rows: list[object] = [[_as_json(button) for button in row] for row in message.keyboard]
    keyboards.check({"inline_keyboard": rows})
    assert all(message.keyboard)
    return read.text


def accepted(messages: Sequence[Message]) -> list[str]:
    """Return the texts of messages, of which there is at least one."""
    assert messages
    return [seen(message) for message in messages]


def written(messages: Sequence[Message]) -> str:
    """Write messages as golden files hold them: the markup as sent, a line a row of buttons."""
    parts = []
    for message in messages:
        rows = [
            " ".join(f"[{button.label} -> {button.data or button.url}]" for button in row)
            for row in message.keyboard
        ]
        parts.append("\n".join([message.html, *rows]))
    return "\n-----\n".join(parts) + "\n"


def _as_json(button: Button) -> JsonObject:
    action: JsonObject = {"url": button.url} if button.url else {"callback_data": button.data}
    return {"text": button.label} | action
