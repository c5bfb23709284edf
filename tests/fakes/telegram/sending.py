"""What every method that sends or edits a message has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from tests.fakes.telegram import keyboards, parsing
from tests.fakes.telegram.errors import NOT_MODIFIED, JsonObject, bad_request
from tests.fakes.telegram.state import Chat, Message, MessageKind, StoredFile

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend
    from tests.fakes.telegram.params import Params
    from tests.fakes.telegram.parsing import Formatted

_PREVIEW_FIELDS = frozenset(
    {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
)
_REPLY_FIELDS = frozenset({
    "message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode",
    "quote_entities", "quote_position", "checklist_task_id", "poll_option_id",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a message holds."""

    kind: MessageKind
    text: Formatted
    file: StoredFile | None = None
    link_preview: JsonObject | None = None


def text_content(values: Params, *, too_long: str) -> Content:
    """The content of a text message.

    Raises:
        ApiError: empty, broken or too long a text.
    """
    source = values.text("text")
    if not source:
        raise bad_request("message text is empty")
    text = parsing.formatted(source, values.text("parse_mode"), values.array("entities"))
    if not text.text:
        raise bad_request("text must be non-empty")
    if parsing.utf16_length(text.text) > parsing.MAX_TEXT:
        raise bad_request(too_long)
    return Content(kind="text", text=text, link_preview=values.mapping("link_preview_options"))


def caption_text(caption: str, parse_mode: str, entities: list[object] | None) -> Formatted:
    """A caption, which may be empty.

    Raises:
        ApiError: broken or too long a caption.
    """
    text = parsing.formatted(caption, parse_mode, entities)
    if parsing.utf16_length(text.text) > parsing.MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text


def caption_of(values: Params) -> Formatted:
    """The caption of a call."""
    return caption_text(
        values.text("caption"), values.text("parse_mode"), values.array("caption_entities")
    )


def deliver(backend: Backend, values: Params, content: Content) -> Message:
    """Check where a message goes, then store it there.

    Raises:
        ApiError: whatever Telegram refuses a message for.
    """
    world = backend.world
    _check_fields(backend, values)
    markup = keyboards.check(values.mapping("reply_markup"))
    chat = world.find(values.chat)
    world.check_access(chat, write=True)
    backend.check_silence(chat)
    thread_id = values.integer("message_thread_id")
    replied = _replied(backend, chat, values.mapping("reply_parameters"))
    world.check_thread(chat, thread_id)
    if thread_id is None and replied is not None and chat.is_forum:
        thread_id = replied.thread_id
    backend.check_flood(chat)
    backend.note_dropped(content.text, chat.id)
    channel = chat.type == "channel"
    return world.add(
        Message(
            id=world.next_message_id(chat),
            chat_id=chat.id,
            date=backend.now(),
            kind=content.kind,
            sender=None if channel else world.bot,
            sender_chat=chat.id if channel else None,
            text=content.text.text,
            entities=content.text.entities,
            markup=markup,
            thread_id=thread_id,
            reply_to=replied.id if replied is not None else None,
            file=content.file,
            protected=values.flag("protect_content"),
            link_preview=content.link_preview,
            own=True,
        )
    )


def _check_fields(backend: Backend, values: Params) -> None:
    preview, reply = values.mapping("link_preview_options"), values.mapping("reply_parameters")
    for name, given, known in (
        ("link_preview_options", preview, _PREVIEW_FIELDS),
        ("reply_parameters", reply, _REPLY_FIELDS),
    ):
        for unknown in sorted(set(given or ()) - known):
            backend.complain(f"unknown field {unknown!r} in {name}")


def _replied(backend: Backend, chat: Chat, reply: JsonObject | None) -> Message | None:
    """The message replied to, if it is in the same chat."""
    if not reply:
        return None
    if type(reply.get("message_id")) is not int:
        raise bad_request('Can\'t find field "message_id"')
    place = chat
    if reply.get("chat_id") not in {None, "", chat.id, str(chat.id)}:
        place = backend.world.find(cast("int | str", reply["chat_id"]))
        backend.world.check_access(place, write=False)
    found = place.messages.get(cast("int", reply["message_id"]))
    if found is None:
        if reply.get("allow_sending_without_reply") is True:
            return None
        raise bad_request("message to be replied not found")
    _check_quote(reply, found)
    return found if place is chat else None


def _check_quote(reply: JsonObject, found: Message) -> None:
    quote = reply.get("quote")
    if not quote:
        return
    entities = cast("list[object] | None", reply.get("quote_entities"))
    text = parsing.formatted(str(quote), str(reply.get("quote_parse_mode") or ""), entities)
    if text.text not in found.text:
        raise bad_request("QUOTE_TEXT_INVALID")


def editable(backend: Backend, values: Params) -> Message:
    """The bot's own message that a call wants to edit.

    Raises:
        ApiError: not found, or not the bot's.
    """
    world = backend.world
    if values.chat is None and values.integer("message_id") is None:
        inline_id = values.text("inline_message_id")
        if not inline_id:
            raise bad_request("message identifier is not specified")
        if inline_id not in world.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return world.inline_messages[inline_id]
    chat = world.find(values.chat)
    world.check_access(chat, write=True)
    backend.check_silence(chat)
    found = world.message(chat, values.integer("message_id"), "message to edit")
    if not found.own:
        raise bad_request("message can't be edited")
    return found


def edited(
    backend: Backend, found: Message, content: Content | None, markup: JsonObject | None
) -> None:
    """Put new content (None: the old) and a new keyboard into a message.

    Raises:
        ApiError: nothing would change.
    """
    before = (found.kind, found.text, found.entities, found.file, found.markup, found.link_preview)
    new = (
        before[:4]
        if content is None
        else (content.kind, content.text.text, content.text.entities, content.file)
    )
    preview = found.link_preview if content is None else content.link_preview
    if before == (*new, markup, preview):
        raise bad_request(NOT_MODIFIED)
    found.kind, found.text, found.entities, found.file = new
    found.markup, found.link_preview = markup, preview
    if content is not None:
        found.edit_date = backend.now()
        backend.note_dropped(content.text, found.chat_id)
