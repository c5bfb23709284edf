"""Answers to callback and inline queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from tests.fakes.telegram import keyboards, parsing, sending
from tests.fakes.telegram.calls import Outcome
from tests.fakes.telegram.errors import QUERY_INVALID, ApiError, JsonObject, bad_request
from tests.fakes.telegram.params import Params

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend, Handler
    from tests.fakes.telegram.state import OpenQuery

MAX_NOTICE = 200
MAX_RESULTS = 50
MAX_ID_BYTES = 64
_RESULT_TYPES = frozenset({
    "article", "audio", "contact", "document", "game", "gif", "location", "mpeg4_gif", "photo",
    "sticker", "venue", "video", "voice",
})  # fmt: skip
_ARTICLE_FIELDS = frozenset({
    "type", "id", "title", "input_message_content", "reply_markup", "url", "description",
    "thumbnail_url", "thumbnail_width", "thumbnail_height",
})  # fmt: skip
_TEXT_FIELDS = frozenset({"message_text", "parse_mode", "entities", "link_preview_options"})


def answer_callback_query(backend: Backend, values: Params) -> Outcome:
    """AnswerCallbackQuery."""
    query = _open(backend, values.text("callback_query_id"), "callback")
    text, url = values.text("text"), values.text("url")
    if parsing.utf16_length(text) > MAX_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and f"t.me/{backend.world.bot.username}?start=" not in url:
        raise bad_request("URL_INVALID")
    query.answered = True
    backend.callback_answers[query.id] = {
        "text": text,
        "show_alert": values.flag("show_alert"),
        "url": url,
        "cache_time": values.integer("cache_time") or 0,
    }
    return Outcome(result=True, message=query.message, query_id=query.id)


def answer_inline_query(backend: Backend, values: Params) -> Outcome:
    """answerInlineQuery; articles are read in full, other results by their frame."""
    results = values.array("results")
    if results is None:
        raise bad_request("Can't parse JSON encoded inline query results")
    if len(results) > MAX_RESULTS:
        raise bad_request("Too many inline query results specified")
    if len(values.text("next_offset").encode()) > MAX_ID_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    _check_button(values.mapping("button"))
    understood = [_result(backend, result) for result in results]
    if len({result["id"] for result in understood}) != len(understood):
        raise bad_request("RESULT_ID_DUPLICATE")
    query = _open(backend, values.text("inline_query_id"), "inline")
    query.answered = True
    backend.inline_answers[query.id] = {
        "results": understood,
        "next_offset": values.text("next_offset"),
        "is_personal": values.flag("is_personal"),
        "cache_time": values.integer("cache_time"),
        "button": values.mapping("button"),
    }
    return Outcome(result=True, query_id=query.id)


def _open(backend: Backend, query_id: str, kind: Literal["callback", "inline"]) -> OpenQuery:
    query = backend.world.queries.get(query_id)
    if query is None or query.kind != kind or query.answered:
        raise bad_request(QUERY_INVALID)
    if backend.settings.monotonic() > query.expires:
        raise bad_request(QUERY_INVALID)
    return query


def _check_button(button: JsonObject | None) -> None:
    if button is None:
        return
    if not isinstance(button.get("text"), str):
        raise bad_request("Can't parse inline query results button: Can't find field \"text\"")
    if not {"start_parameter", "web_app"} & set(button):
        raise bad_request(
            "Can't parse inline query results button: "
            "InlineQueryResultsButton must have exactly one optional field"
        )


def _result(backend: Backend, result: object) -> JsonObject:
    try:
        return _checked_result(backend, result)
    except ApiError as error:
        why = error.description.removeprefix("Bad Request: ")
        raise bad_request(f"Can't parse inline query result: {why}") from None


def _checked_result(backend: Backend, result: object) -> JsonObject:
    if not isinstance(result, dict):
        raise bad_request("Inline query result must be an object")
    if result.get("type") not in _RESULT_TYPES:
        raise bad_request(f'type "{result.get("type")}" is unsupported')
    size = len(str(result.get("id", "")).encode())
    if not 1 <= size <= MAX_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    markup = keyboards.check(cast("JsonObject | None", result.get("reply_markup")))
    understood = result | {"reply_markup": markup}
    if result["type"] == "article":
        for unknown in sorted(set(result) - _ARTICLE_FIELDS):
            backend.complain(f"unknown field {unknown!r} in InlineQueryResultArticle")
        understood |= _article_text(backend, result)
    return understood


def _article_text(backend: Backend, result: JsonObject) -> JsonObject:
    if not result.get("title"):
        raise bad_request('Can\'t find field "title"')
    content = result.get("input_message_content")
    if not isinstance(content, dict) or "message_text" not in content:
        raise bad_request("Input message content is not specified")
    for unknown in sorted(set(content) - _TEXT_FIELDS):
        backend.complain(f"unknown field {unknown!r} in InputTextMessageContent")
    values: dict[str, object] = {
        "text": content["message_text"],
        "parse_mode": content.get("parse_mode") or "",
        "entities": content.get("entities"),
        "link_preview_options": content.get("link_preview_options"),
    }
    text = sending.text_content(Params(values, {}), too_long="MESSAGE_TOO_LONG")
    backend.note_dropped(text.text, None)
    return {"text": text.text.text, "text_entities": list(text.text.entities)}


HANDLERS: dict[str, Handler] = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
