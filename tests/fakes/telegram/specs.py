"""Every method the server knows, with the parameters the documentation gives it (Bot API 10.0)."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias


class Kind(Enum):
    """The documented type of a parameter."""

    INTEGER = "Integer"
    STRING = "String"
    BOOLEAN = "Boolean"
    CHAT = "Integer or String"
    OBJECT = "JSON-serialized object"
    ARRAY = "JSON-serialized array"
    FILE = "InputFile or String"


Spec: TypeAlias = dict[str, Kind]

_I, _S, _B, _O, _A, _F = (
    Kind.INTEGER,
    Kind.STRING,
    Kind.BOOLEAN,
    Kind.OBJECT,
    Kind.ARRAY,
    Kind.FILE,
)
_CHAT: Spec = {"chat_id": Kind.CHAT}
_LANGUAGE: Spec = {"language_code": _S}
_SEND: Spec = _CHAT | {
    "business_connection_id": _S,
    "message_thread_id": _I,
    "direct_messages_topic_id": _I,
    "disable_notification": _B,
    "protect_content": _B,
    "allow_paid_broadcast": _B,
    "message_effect_id": _S,
    "suggested_post_parameters": _O,
    "reply_parameters": _O,
    "reply_markup": _O,
}
_CAPTION: Spec = {"caption": _S, "parse_mode": _S, "caption_entities": _A}
_EDIT: Spec = _CHAT | {
    "business_connection_id": _S,
    "message_id": _I,
    "inline_message_id": _S,
    "reply_markup": _O,
}
_TEXT: Spec = {"text": _S, "parse_mode": _S, "entities": _A, "link_preview_options": _O}

SPECS: dict[str, Spec] = {
    "getMe": {},
    "logOut": {},
    "close": {},
    "getUpdates": {"offset": _I, "limit": _I, "timeout": _I, "allowed_updates": _A},
    "setWebhook": {
        "url": _S,
        "certificate": _F,
        "ip_address": _S,
        "max_connections": _I,
        "allowed_updates": _A,
        "drop_pending_updates": _B,
        "secret_token": _S,
    },
    "deleteWebhook": {"drop_pending_updates": _B},
    "getWebhookInfo": {},
    "sendMessage": _SEND | _TEXT,
    "sendDocument": _SEND
    | _CAPTION
    | {"document": _F, "thumbnail": _F, "disable_content_type_detection": _B},
    "sendPhoto": _SEND
    | _CAPTION
    | {"photo": _F, "show_caption_above_media": _B, "has_spoiler": _B},
    "editMessageText": _EDIT | _TEXT,
    "editMessageCaption": _EDIT | _CAPTION | {"show_caption_above_media": _B},
    "editMessageMedia": _EDIT | {"media": _O},
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": _CHAT | {"message_id": _I},
    "deleteMessages": _CHAT | {"message_ids": _A},
    "answerCallbackQuery": {
        "callback_query_id": _S,
        "text": _S,
        "show_alert": _B,
        "url": _S,
        "cache_time": _I,
    },
    "answerInlineQuery": {
        "inline_query_id": _S,
        "results": _A,
        "cache_time": _I,
        "is_personal": _B,
        "next_offset": _S,
        "button": _O,
    },
    "getFile": {"file_id": _S},
    "setMyCommands": {"commands": _A, "scope": _O} | _LANGUAGE,
    "getMyCommands": {"scope": _O} | _LANGUAGE,
    "deleteMyCommands": {"scope": _O} | _LANGUAGE,
    "setMyDescription": {"description": _S} | _LANGUAGE,
    "getMyDescription": _LANGUAGE,
    "setMyShortDescription": {"short_description": _S} | _LANGUAGE,
    "getMyShortDescription": _LANGUAGE,
    "sendChatAction": _CHAT | {"business_connection_id": _S, "message_thread_id": _I, "action": _S},
    "getChat": _CHAT,
    "getChatMember": _CHAT | {"user_id": _I},
    "getChatMemberCount": _CHAT,
    "getChatAdministrators": _CHAT | {"return_bots": _B},
    "leaveChat": _CHAT,
    "setMessageReaction": _CHAT | {"message_id": _I, "reaction": _A, "is_big": _B},
}
METHODS: dict[str, str] = {name.lower(): name for name in SPECS}
