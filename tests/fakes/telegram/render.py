"""Users, chats, members and messages as the Bot API writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.state import Chat, Message, StoredFile, User, World

_ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip
_PERMISSIONS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos",
    "can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls",
    "can_send_other_messages", "can_add_web_page_previews", "can_change_info", "can_invite_users",
    "can_pin_messages", "can_manage_topics", "can_edit_tag", "can_react_to_messages",
)  # fmt: skip
_GIFTS = (
    "unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
    "gifts_from_channels",
)  # fmt: skip


def user(person: User) -> JsonObject:
    """A User object."""
    shown: JsonObject = {
        "id": person.id,
        "is_bot": person.is_bot,
        "first_name": person.first_name,
    }
    if person.last_name:
        shown["last_name"] = person.last_name
    if person.username:
        shown["username"] = person.username
    if not person.is_bot and person.language_code:
        shown["language_code"] = person.language_code
    return shown


def me(bot: User, *, privacy: bool) -> JsonObject:
    """The answer of getMe."""
    return user(bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
    }


def chat(place: Chat) -> JsonObject:
    """A Chat object."""
    shown: JsonObject = {"id": place.id, "type": place.type}
    if place.user is not None:
        shown["first_name"] = place.user.first_name
        if place.user.last_name:
            shown["last_name"] = place.user.last_name
        if place.user.username:
            shown["username"] = place.user.username
        return shown
    shown["title"] = place.title
    if place.username:
        shown["username"] = place.username
    if place.is_forum:
        shown["is_forum"] = True
    return shown


def full_chat(place: Chat) -> JsonObject:
    """A ChatFullInfo object."""
    shown = chat(place) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    }
    if place.type in {"group", "supergroup"}:
        shown["permissions"] = dict.fromkeys(_PERMISSIONS, not place.muted)
    return shown


def member(person: User, status: str) -> JsonObject:
    """A ChatMember object."""
    shown: JsonObject = {"status": status, "user": user(person)}
    if status == "creator":
        shown["is_anonymous"] = False
    elif status == "administrator":
        shown |= {"can_be_edited": False, "is_anonymous": False}
        shown |= dict.fromkeys(_ADMIN_RIGHTS, True)
    elif status == "restricted":
        shown |= {"is_member": True, "until_date": 0} | dict.fromkeys(_PERMISSIONS, False)
    elif status == "kicked":
        shown["until_date"] = 0
    return shown


def document(file: StoredFile) -> JsonObject:
    """A Document object."""
    return {
        "file_name": file.name,
        "mime_type": file.mime_type,
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
    }


def photo(file: StoredFile) -> list[JsonObject]:
    """An array of PhotoSize with the one size that is stored."""
    return [
        {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "width": file.width,
            "height": file.height,
        }
    ]


def message(world: World, found: Message, *, with_reply: bool = True) -> JsonObject:
    """A Message object; the message it replies to is shown without its own reply."""
    place = world.chats[found.chat_id]
    shown: JsonObject = {"message_id": found.id}
    if found.sender is not None:
        shown["from"] = user(found.sender)
    if found.sender_chat is not None:
        shown["sender_chat"] = chat(world.chats[found.sender_chat])
    shown["chat"] = chat(place)
    shown["date"] = found.date
    if found.edit_date is not None:
        shown["edit_date"] = found.edit_date
    if found.thread_id is not None:
        shown["message_thread_id"] = found.thread_id
        # threads of replies in plain supergroups have an id too, but are no topics
        if place.is_forum:
            shown["is_topic_message"] = True
    if with_reply and found.reply_to in place.messages:
        shown["reply_to_message"] = message(world, place.messages[found.reply_to], with_reply=False)
    if found.via_bot:
        shown["via_bot"] = user(world.bot)
    shown |= content(found)
    if found.protected:
        shown["has_protected_content"] = True
    if found.markup is not None and "inline_keyboard" in found.markup:
        shown["reply_markup"] = found.markup
    return shown


def content(found: Message) -> JsonObject:
    """The fields of a Message that hold what was sent."""
    if found.kind == "service":
        return dict(found.service or {})
    if found.kind == "text":
        shown: JsonObject = {"text": found.text}
        if found.entities:
            shown["entities"] = list(found.entities)
        if found.link_preview is not None:
            shown["link_preview_options"] = found.link_preview
        return shown
    shown = {}
    if found.file is not None and found.kind == "document":
        shown["document"] = document(found.file)
    elif found.file is not None:
        shown["photo"] = photo(found.file)
    if found.text:
        shown["caption"] = found.text
        if found.entities:
            shown["caption_entities"] = list(found.entities)
    return shown


def inaccessible(found: Message, place: Chat) -> JsonObject:
    """An InaccessibleMessage object, for a message that is gone."""
    return {"chat": chat(place), "message_id": found.id, "date": 0}
