"""Methods that send, edit, delete and react."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram import keyboards, render, sending
from tests.fakes.telegram.calls import Outcome
from tests.fakes.telegram.errors import bad_request
from tests.fakes.telegram.sending import Content
from tests.fakes.telegram.state import ADMINS, Chat, Message

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend, Handler
    from tests.fakes.telegram.params import Params

DELETABLE_SECONDS = 48 * 3600
MAX_DELETED = 100
ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
})  # fmt: skip
REACTIONS = frozenset(
    [
        "👍",
        "👎",
        "❤",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤️\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂️",
        "🤷",
        "🤷\u200d♀️",
        "😡",
    ]
)


def shown(backend: Backend, message: Message) -> object:
    """What an edit answers: the message, or True for an inline one."""
    if message.id == 0:
        return True
    return render.message(backend.world, message)


def send_message(backend: Backend, values: Params) -> Outcome:
    """SendMessage."""
    content = sending.text_content(values, too_long="message is too long")
    message = sending.deliver(backend, values, content)
    return Outcome(result=render.message(backend.world, message), message=message)


def edit_message_text(backend: Backend, values: Params) -> Outcome:
    """EditMessageText."""
    content = sending.text_content(values, too_long="MESSAGE_TOO_LONG")
    markup = keyboards.check(values.mapping("reply_markup"), inline_only=True)
    message = sending.editable(backend, values)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    sending.edited(backend, message, content, markup)
    return Outcome(result=shown(backend, message), message=message)


def edit_message_caption(backend: Backend, values: Params) -> Outcome:
    """EditMessageCaption."""
    text = sending.caption_of(values)
    markup = keyboards.check(values.mapping("reply_markup"), inline_only=True)
    message = sending.editable(backend, values)
    if message.file is None:
        raise bad_request("there is no caption in the message to edit")
    content = Content(kind=message.kind, text=text, file=message.file)
    sending.edited(backend, message, content, markup)
    return Outcome(result=shown(backend, message), message=message)


def edit_message_reply_markup(backend: Backend, values: Params) -> Outcome:
    """EditMessageReplyMarkup."""
    markup = keyboards.check(values.mapping("reply_markup"), inline_only=True)
    message = sending.editable(backend, values)
    sending.edited(backend, message, None, markup)
    return Outcome(result=shown(backend, message), message=message)


def delete_message(backend: Backend, values: Params) -> Outcome:
    """DeleteMessage."""
    chat = backend.world.find(values.chat)
    backend.world.check_access(chat, write=True)
    message = backend.world.message(chat, values.integer("message_id"), "message to delete")
    _check_deletable(backend, chat, message)
    del chat.messages[message.id]
    return Outcome(result=True, message=message)


def delete_messages(backend: Backend, values: Params) -> Outcome:
    """deleteMessages: what can't be found is skipped."""
    chat = backend.world.find(values.chat)
    backend.world.check_access(chat, write=True)
    ids = values.array("message_ids") or []
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MAX_DELETED:
        raise bad_request("too many message identifiers specified")
    for message_id in ids:
        if type(message_id) is not int:
            raise bad_request("Message identifier must be a Number")
        if message_id in chat.messages:
            _check_deletable(backend, chat, chat.messages[message_id])
            del chat.messages[message_id]
    return Outcome(result=True)


def _check_deletable(backend: Backend, chat: Chat, message: Message) -> None:
    if backend.now() - message.date > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    admin = backend.world.status(chat, backend.world.bot.id) in ADMINS
    if not message.own and chat.type != "private" and not admin:
        raise bad_request("message can't be deleted")


def set_message_reaction(backend: Backend, values: Params) -> Outcome:
    """setMessageReaction: at most one, a bot's limit."""
    reactions = values.array("reaction") or []
    for reaction in reactions:
        if not isinstance(reaction, dict):
            raise bad_request("Can't parse ReactionType: expected an Object")
        if reaction.get("type") == "emoji" and reaction.get("emoji") not in REACTIONS:
            raise bad_request("REACTION_INVALID")
        if reaction.get("type") not in {"emoji", "custom_emoji"}:
            raise bad_request("Can't parse ReactionType: invalid reaction type specified")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    chat = backend.world.find(values.chat)
    backend.world.check_access(chat, write=True)
    message = backend.world.message(chat, values.integer("message_id"), "message to react")
    message.reaction = reactions
    return Outcome(result=True, message=message)


def send_chat_action(backend: Backend, values: Params) -> Outcome:
    """sendChatAction: kept apart from the acceptance log, as it leaves nothing behind."""
    action = values.text("action").lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = backend.world.find(values.chat)
    backend.world.check_access(chat, write=True)
    thread_id = values.integer("message_thread_id")
    if thread_id is not None and chat.is_forum:
        backend.world.check_thread(chat, thread_id)
    backend.actions.append((chat.id, action, thread_id))
    return Outcome(result=True, quiet=True)


HANDLERS: dict[str, Handler] = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "sendChatAction": send_chat_action,
}
