"""Message text, read by Telegram's own parser (TDLib's synchronous calls)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import tdjson

from tests.fakes.telegram.errors import ApiError, JsonObject, bad_request

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100
MAX_SOURCE_BYTES = 1 << 15

_MODES: dict[str, JsonObject] = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}
# Telegram's names of the types it sets itself, and of those a bot may set
_DETECTED = {
    "textEntityTypeMention": "mention",
    "textEntityTypeHashtag": "hashtag",
    "textEntityTypeCashtag": "cashtag",
    "textEntityTypeBotCommand": "bot_command",
    "textEntityTypeUrl": "url",
    "textEntityTypeEmailAddress": "email",
    "textEntityTypePhoneNumber": "phone_number",
    "textEntityTypeBankCardNumber": "bank_card_number",
}
_FORMATS = {
    "textEntityTypeBold": "bold",
    "textEntityTypeItalic": "italic",
    "textEntityTypeUnderline": "underline",
    "textEntityTypeStrikethrough": "strikethrough",
    "textEntityTypeSpoiler": "spoiler",
    "textEntityTypeCode": "code",
    "textEntityTypePre": "pre",
    "textEntityTypePreCode": "pre",
    "textEntityTypeBlockQuote": "blockquote",
    "textEntityTypeExpandableBlockQuote": "expandable_blockquote",
    "textEntityTypeTextUrl": "text_link",
    "textEntityTypeMentionName": "text_mention",
    "textEntityTypeCustomEmoji": "custom_emoji",
    "textEntityTypeDateTime": "date_time",
}
_TD_TYPES = {name: td for td, name in _FORMATS.items() if td != "textEntityTypePreCode"}
_REMOVED = re.compile("[\r\u2028\u202a-\u202e]")
_BLANKED = re.compile("[\x00-\x08\x0b-\x1f\u2029]")
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\u2028-\u202e]")


@dataclass(frozen=True, slots=True)
class Formatted:
    """Plain text with its entities, and how many entities past the hundredth were dropped."""

    text: str
    entities: tuple[JsonObject, ...] = ()
    dropped: int = 0


def utf16_length(text: str) -> int:
    """The length Telegram counts: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def execute(request: JsonObject) -> JsonObject:
    """One synchronous TDLib call."""
    answer = tdjson.td_execute(json.dumps(request).encode())
    return cast("JsonObject", json.loads(answer or b"{}"))


execute({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0})


def formatted(text: str, parse_mode: str, entities: list[object] | None) -> Formatted:
    """What Telegram makes of a text, before any length limit.

    Raises:
        ApiError: markup that doesn't parse, entities that don't fit the text.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise bad_request("Text must be encoded in UTF-8") from None
    if size > MAX_SOURCE_BYTES:
        raise bad_request("Text is too long")
    mode = parse_mode.lower()
    if text and mode and mode != "none":
        return _marked_up(text, mode)
    return _finished(text, _given(text, entities) if entities else [])


# a digest goes to thousands of chats in the same words
@lru_cache(maxsize=1024)
def _marked_up(text: str, mode: str) -> Formatted:
    if mode not in _MODES:
        raise bad_request("unsupported parse_mode")
    return _finished(*_parse(text, _MODES[mode]))


def _finished(text: str, found: list[JsonObject]) -> Formatted:
    text, found = _clean(text, found)
    found.sort(key=lambda entity: (cast("int", entity["offset"]), -cast("int", entity["length"])))
    return Formatted(text, tuple(found[:MAX_ENTITIES]), max(0, len(found) - MAX_ENTITIES))


def detect(text: str) -> list[JsonObject]:
    """The entities Telegram finds in a text by itself: commands, mentions, links."""
    answer = execute({"@type": "getTextEntities", "text": text})
    return _bot_api_entities(cast("list[JsonObject]", answer["entities"]))


def link_problem(url: str) -> str | None:
    """Why Telegram takes no such link, or None."""
    answer = _markdown(
        "x", [_td_entity({"type": "text_link", "offset": 0, "length": 1, "url": url})]
    )
    if answer["@type"] != "error":
        return None
    return cast("str", answer["message"]).removeprefix("Entity ")


def _parse(text: str, mode: JsonObject) -> tuple[str, list[JsonObject]]:
    answer = execute({"@type": "parseTextEntities", "text": text, "parse_mode": mode})
    if answer["@type"] == "error":
        raise _refusal(answer)
    return cast("str", answer["text"]), _bot_api_entities(
        cast("list[JsonObject]", answer["entities"])
    )


def _given(text: str, entities: list[object]) -> list[JsonObject]:
    kept: list[JsonObject] = []
    for entity in entities:
        problem = _entity_problem(entity)
        if problem:
            raise bad_request(f"Can't parse MessageEntity: {problem}")
        known = cast("JsonObject", entity)
        if known["type"] in _TD_TYPES and cast("int", known["length"]) > 0:
            kept.append(known)
    if kept:
        answer = _markdown(text, [_td_entity(entity) for entity in kept])
        if answer["@type"] == "error":
            raise _refusal(answer)
    return kept


def _entity_problem(entity: object) -> str | None:
    if not isinstance(entity, dict):
        return "expected an Object"
    for name in ("offset", "length"):
        if type(entity.get(name)) is not int:
            return f'Field "{name}" must be a valid Number'
    kind = entity.get("type")
    if kind not in _TD_TYPES and kind not in _DETECTED.values():
        return "Unsupported type specified"
    if kind == "text_link" and not isinstance(entity.get("url"), str):
        return 'Can\'t find field "url"'
    return None


def _td_entity(entity: JsonObject) -> JsonObject:
    kind = cast("str", entity["type"])
    td_type: JsonObject = {"@type": _TD_TYPES[kind]}
    if kind == "text_link":
        td_type["url"] = entity["url"]
    elif kind == "text_mention":
        td_type["user_id"] = cast("JsonObject", entity.get("user") or {}).get("id", 0)
    elif kind == "custom_emoji":
        td_type["custom_emoji_id"] = entity.get("custom_emoji_id", "0")
    elif kind == "date_time":
        td_type["unix_time"] = entity.get("unix_time", 0)
    return {"@type": "textEntity", **{k: entity[k] for k in ("offset", "length")}, "type": td_type}


def _markdown(text: str, entities: list[JsonObject]) -> JsonObject:
    # the one synchronous call that checks given entities as sending them does
    content: JsonObject = {"@type": "formattedText", "text": text, "entities": entities}
    return execute({"@type": "getMarkdownText", "text": content})


def _refusal(answer: JsonObject) -> ApiError:
    return bad_request(cast("str", answer["message"]))


def _bot_api_entities(entities: list[JsonObject]) -> list[JsonObject]:
    # TDLib also finds times of day, which the Bot API doesn't show
    shown = (_bot_api_entity(entity) for entity in entities)
    return [entity for entity in shown if entity["type"]]


def _bot_api_entity(entity: JsonObject) -> JsonObject:
    td_type = cast("JsonObject", entity["type"])
    td_name = cast("str", td_type["@type"])
    found: JsonObject = {
        "type": _FORMATS.get(td_name) or _DETECTED.get(td_name),
        "offset": entity["offset"],
        "length": entity["length"],
    }
    for name in ("url", "language", "custom_emoji_id", "unix_time"):
        if name in td_type:
            found[name] = td_type[name]
    if "user_id" in td_type:
        found["user"] = {"id": td_type["user_id"], "is_bot": False, "first_name": "User"}
    return found


def _clean(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Telegram's last touch: control characters go, white space at both ends goes."""
    if _UNCLEAN.search(text):
        text, entities = _without_controls(text, entities)
    stripped = text.strip()
    if len(stripped) == len(text):
        return text, entities
    head = utf16_length(text[: len(text) - len(text.lstrip())])
    return stripped, _shifted(entities, head, utf16_length(stripped))


def _without_controls(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    text = _BLANKED.sub(" ", text) if not _REMOVED.search(text) else text
    if not _REMOVED.search(text):
        return text, entities
    # where each UTF-16 unit of the text lands once the removed characters are gone
    places, at = [], 0
    kept = []
    for character in text:
        gone = _REMOVED.match(character) is not None
        for _ in range(utf16_length(character)):
            places.append(at)
            at += 0 if gone else 1
        if not gone:
            kept.append(character)
    places.append(at)
    moved = []
    for entity in entities:
        start = places[cast("int", entity["offset"])]
        end = places[cast("int", entity["offset"]) + cast("int", entity["length"])]
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return _BLANKED.sub(" ", "".join(kept)), moved


def _shifted(entities: list[JsonObject], head: int, length: int) -> list[JsonObject]:
    moved = []
    for entity in entities:
        start = cast("int", entity["offset"]) - head
        end = min(start + cast("int", entity["length"]), length)
        start = max(start, 0)
        if end > start:
            moved.append(entity | {"offset": start, "length": end - start})
    return moved
