"""Checks reply_markup: its shape, its buttons, its documented sizes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import cast

from tests.fakes.telegram import parsing
from tests.fakes.telegram.errors import JsonObject, bad_request

MAX_BUTTONS = 100
MAX_ROW = 8
MAX_REPLY_BUTTONS = 300
MAX_REPLY_ROW = 12
MAX_BYTES = 10_000
MAX_CALLBACK_BYTES = 64

# in the order in which Telegram looks for a button's action
_ACTIONS = (
    "url", "callback_data", "callback_game", "pay", "switch_inline_query",
    "switch_inline_query_chosen_chat", "switch_inline_query_current_chat", "login_url", "web_app",
    "copy_text",
)  # fmt: skip
_INLINE_FIELDS = frozenset({"text", "style", "icon_custom_emoji_id", *_ACTIONS})
_MARKUPS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def check(markup: JsonObject | None, *, inline_only: bool = False) -> JsonObject | None:
    """The markup as it is stored, None when it is empty.

    Raises:
        ApiError: a button or the whole is beyond what Telegram takes.
    """
    if not markup:
        return None
    if "inline_keyboard" in markup:
        rows = _rows(markup, "inline_keyboard", MAX_BUTTONS, MAX_ROW)
        kept = [[_inline_button(button) for button in row] for row in rows if row]
        return {"inline_keyboard": kept} if kept else None
    if inline_only or not any(name in markup for name in _MARKUPS):
        raise bad_request("inline keyboard expected")
    for row in _rows(markup, "keyboard", MAX_REPLY_BUTTONS, MAX_REPLY_ROW):
        for button in row:
            _reply_button(button)
    return markup


def _rows(markup: JsonObject, name: str, most: int, widest: int) -> list[list[object]]:
    rows = markup.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'Field "{name}" must be an Array of Arrays')
    if len(json.dumps(markup, ensure_ascii=False).encode()) > MAX_BYTES:
        raise bad_request("reply markup is too long")
    if sum(len(row) for row in rows) > most or any(len(row) > widest for row in rows):
        raise bad_request("reply markup is too long")
    return cast("list[list[object]]", rows)


def _inline_button(button: object) -> JsonObject:
    if not isinstance(button, dict):
        raise bad_request(
            "Can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    for name in ("text", "url", "callback_data"):
        if not isinstance(button.get(name, ""), str):
            raise bad_request(
                f'Can\'t parse inline keyboard button: Field "{name}" must be of type String'
            )
    unknown = sorted(set(button) - _INLINE_FIELDS)
    if unknown:
        raise bad_request(f"Can't parse inline keyboard button: unknown field {unknown[0]}")
    if not str(button.get("text", "")).strip():
        raise bad_request("Inline keyboard button text must be non-empty")
    action = next((name for name in _ACTIONS if _present(button, name)), None)
    if action is None:
        raise bad_request(
            "Can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if action == "url":
        problem = _url_problem(button["url"])
        if problem:
            raise bad_request(f"Inline keyboard button {problem}")
    if action == "callback_data" and len(button["callback_data"].encode()) > MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return button


def _present(button: JsonObject, name: str) -> bool:
    if name in {"url", "callback_data"}:
        return bool(button.get(name))
    return name in button


@lru_cache(maxsize=4096)
def _url_problem(url: str) -> str | None:
    return parsing.link_problem(url)


def _reply_button(button: object) -> None:
    text = button if isinstance(button, str) else None
    if isinstance(button, dict):
        text = button.get("text")
    if not isinstance(text, str):
        raise bad_request(
            "Can't parse keyboard button: KeyboardButton must be a String or an Object"
        )
    if not text.strip():
        raise bad_request("Keyboard button text must be non-empty")


def callback_buttons(markup: JsonObject | None) -> dict[str, str]:
    """callback_data → label of the inline buttons."""
    rows = cast("list[list[JsonObject]]", (markup or {}).get("inline_keyboard", []))
    return {
        cast("str", button["callback_data"]): cast("str", button["text"])
        for row in rows
        for button in row
        if button.get("callback_data")
    }
