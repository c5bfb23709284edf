"""Telegram's updates read: who asks where, and whether a message is meant for the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram.constants import ChatType, MessageEntityType

from bot.dialogue import command_of
from bot.model import Place
from bot.views import Asker

if TYPE_CHECKING:
    from collections.abc import Callable

    import telegram


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What decides whether a message is meant for the bot."""

    text: str
    private: bool
    mentions: tuple[str, ...]
    answers_bot: bool


def addressed(heard: Heard, bot: str, knows: Callable[[str], bool]) -> str | None:
    """Return the text to reply to, None where a message is not meant for this bot.

    In a group that is what mentions the bot, replies to it, or is one of its commands.
    """
    command = command_of(heard.text)
    if command and command[1]:
        return heard.text if command[1].casefold() == bot.casefold() else None
    if heard.private or heard.answers_bot or (command and knows(command[0])):
        return heard.text
    if command or not heard.mentions:
        return None
    text = heard.text
    for mention in heard.mentions:
        text = text.replace(mention, " ")
    return " ".join(text.split())


def heard_in(message: telegram.Message, bot: telegram.Bot) -> Heard:
    """Read what decides whether a message is meant for the bot."""
    text, name = message.text or "", f"@{bot.username}".casefold()
    mentions = [
        words
        for entity, words in message.parse_entities(
            [MessageEntityType.MENTION, MessageEntityType.TEXT_MENTION]
        ).items()
        if words.casefold() == name or (entity.user and entity.user.id == bot.id)
    ]
    answered = message.reply_to_message and message.reply_to_message.from_user
    return Heard(
        text=text,
        private=message.chat.type == ChatType.PRIVATE,
        mentions=tuple(mentions),
        answers_bot=answered is not None and answered.id == bot.id,
    )


def asker_of(message: telegram.Message) -> Asker | None:
    """Tell who sent a message where; None where a bot did, so that two bots never talk forever.

    Who writes in the name of a chat is that chat.
    """
    place = place_of(message)
    if message.sender_chat is not None:
        return Asker(person=message.sender_chat.id, place=place)
    if message.from_user is None or message.from_user.is_bot:
        return None
    return Asker(person=message.from_user.id, place=place)


def place_of(message: telegram.MaybeInaccessibleMessage) -> Place:
    """Tell where a message stands; the topic counts in forums alone."""
    thread = getattr(message, "message_thread_id", None)
    in_topic = getattr(message, "is_topic_message", None)
    return Place(chat_id=message.chat.id, thread_id=thread if in_topic else None)
