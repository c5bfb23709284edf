"""Methods about chats and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram import render
from tests.fakes.telegram.calls import Outcome
from tests.fakes.telegram.errors import bad_request
from tests.fakes.telegram.state import ADMINS, Chat

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend, Handler
    from tests.fakes.telegram.params import Params


def _readable(backend: Backend, values: Params) -> Chat:
    chat = backend.world.find(values.chat)
    backend.world.check_access(chat, write=False)
    return chat


def get_chat(backend: Backend, values: Params) -> Outcome:
    """GetChat."""
    return Outcome(result=render.full_chat(_readable(backend, values)), quiet=True)


def get_chat_member(backend: Backend, values: Params) -> Outcome:
    """getChatMember; the other members of a channel are hidden from a bot that is no admin."""
    chat = _readable(backend, values)
    user_id = values.integer("user_id")
    if user_id is None or user_id <= 0:
        raise bad_request("invalid user_id specified")
    person = backend.world.users.get(user_id)
    if person is None:
        raise bad_request("PARTICIPANT_ID_INVALID")
    own = backend.world.status(chat, backend.world.bot.id)
    if chat.type == "channel" and own not in ADMINS and user_id != backend.world.bot.id:
        raise bad_request("member list is inaccessible")
    if chat.type == "private":
        status = "member" if user_id in {chat.id, backend.world.bot.id} else "left"
    else:
        status = backend.world.status(chat, user_id)
    return Outcome(result=render.member(person, status), quiet=True)


def get_chat_administrators(backend: Backend, values: Params) -> Outcome:
    """getChatAdministrators: other bots only when asked for."""
    chat = _readable(backend, values)
    if chat.type == "private":
        raise bad_request("there are no administrators in the private chat")
    world = backend.world
    admins = [
        render.member(world.users[user_id], status)
        for user_id, status in chat.members.items()
        if status in ADMINS
        and (
            values.flag("return_bots") or user_id == world.bot.id or not world.users[user_id].is_bot
        )
    ]
    return Outcome(result=admins, quiet=True)


def get_chat_member_count(backend: Backend, values: Params) -> Outcome:
    """GetChatMemberCount."""
    chat = _readable(backend, values)
    if chat.type == "private":
        return Outcome(result=2, quiet=True)
    inside = sum(status not in {"left", "kicked"} for status in chat.members.values())
    return Outcome(result=inside, quiet=True)


def leave_chat(backend: Backend, values: Params) -> Outcome:
    """LeaveChat."""
    chat = _readable(backend, values)
    if chat.type == "private":
        raise bad_request("can't leave a private chat")
    chat.members[backend.world.bot.id] = "left"
    return Outcome(result=True)


HANDLERS: dict[str, Handler] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
}
