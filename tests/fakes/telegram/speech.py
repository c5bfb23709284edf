"""People write, edit and send files; the bot hears what Telegram would let it hear."""

from __future__ import annotations

from typing import cast

from tests.fakes.telegram import parsing, render
from tests.fakes.telegram.people import ANONYMOUS_ADMIN, People
from tests.fakes.telegram.state import ADMINS, Chat, Message, StoredFile, User

_MENTIONS = frozenset({"mention", "text_mention", "bot_command"})


class Speech(People):
    """What people write. Safe on any thread; ids are returned, updates are queued."""

    def user_says(
        self,
        chat_id: int,
        text: str,
        *,
        user: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
        anonymous: bool = False,
    ) -> int:
        """Somebody writes a text; returns its message_id, whether or not the bot may hear it.

        Writing to the bot in private starts it and lifts a block. `anonymous` writes as the group,
        like an administrator who hides. In a channel it is a post.
        """
        if not text.strip() or parsing.utf16_length(text) > parsing.MAX_TEXT:
            raise ValueError("nobody can send such a text: empty, or over 4096 UTF-16 units")
        with self.backend.lock:
            chat = self.chat(chat_id)
            message = self._incoming(
                chat, user, thread_id=thread_id, reply_to=reply_to, anonymous=anonymous
            )
            message.text = text.strip()
            message.entities = tuple(parsing.detect(message.text))
            self._tell(chat, message)
            return message.id

    def user_sends_document(
        self,
        chat_id: int,
        name: str,
        data: bytes = b"",
        *,
        size: int | None = None,
        mime_type: str = "application/octet-stream",
        caption: str = "",
        user: int | None = None,
        thread_id: int | None = None,
        reply_to: int | None = None,
    ) -> int:
        """Somebody sends a file, of `size` bytes if its content doesn't matter."""
        with self.backend.lock:
            chat = self.chat(chat_id)
            message = self._incoming(chat, user, thread_id=thread_id, reply_to=reply_to)
            message.kind, message.text = "document", caption
            message.entities = tuple(parsing.detect(caption)) if caption else ()
            message.file = StoredFile(
                file_id=self.backend.world.unique("BQACUser"),
                unique_id=self.backend.world.unique("AgAD"),
                kind="document",
                name=name,
                mime_type=mime_type,
                size=len(data) if size is None else size,
                data=data,
            )
            self.backend.world.files[message.file.file_id] = message.file
            self._tell(chat, message)
            return message.id

    def user_edits(self, chat_id: int, message_id: int, text: str) -> None:
        """Somebody changes what they wrote."""
        with self.backend.lock:
            chat = self.chat(chat_id)
            message = chat.messages[message_id]
            message.text, message.entities = text, tuple(parsing.detect(text))
            message.edit_date = self.backend.now()
            self._tell(chat, message, edited=True)

    def message_vanishes(self, chat_id: int, message_id: int) -> None:
        """A message is deleted by a person; bots aren't told."""
        with self.backend.lock:
            del self.chat(chat_id).messages[message_id]

    def _incoming(
        self,
        chat: Chat,
        user: int | None,
        *,
        thread_id: int | None,
        reply_to: int | None,
        anonymous: bool = False,
    ) -> Message:
        world = self.backend.world
        sender: User | None = self.speaker(chat, user)
        if chat.type == "private":
            chat.started = True
            if chat.blocked:
                self.user_unblocks(chat.id)
        if anonymous:
            sender = world.user(ANONYMOUS_ADMIN, first_name="Group", username="GroupAnonymousBot")
            sender.is_bot = True
        if chat.type == "channel":
            sender = None
        if reply_to is not None:
            replied = chat.messages[reply_to]
            # replies make a thread in every supergroup; it is a topic in forums only
            if thread_id is None and chat.type == "supergroup":
                thread_id = replied.thread_id or (None if chat.is_forum else replied.id)
        elif thread_id in chat.topics:
            # a message in a topic is shown as a reply to the topic's first message
            reply_to = thread_id
        return world.add(
            Message(
                id=world.next_message_id(chat),
                chat_id=chat.id,
                date=self.backend.now(),
                sender=sender,
                sender_chat=chat.id if anonymous or chat.type == "channel" else None,
                thread_id=thread_id,
                reply_to=reply_to,
            )
        )

    def _tell(self, chat: Chat, message: Message, *, edited: bool = False) -> None:
        if not self._heard(chat, message):
            return
        kind = "channel_post" if chat.type == "channel" else "message"
        shown = render.message(self.backend.world, message)
        self.backend.updates.put(f"edited_{kind}" if edited else kind, shown, chat.id)

    def _heard(self, chat: Chat, message: Message) -> bool:
        """Whether the bot gets a message, by membership and privacy mode."""
        world = self.backend.world
        if chat.type == "private":
            return True
        own = world.status(chat, world.bot.id)
        if own in {"left", "kicked"} or chat.deleted or chat.migrated_to is not None:
            return False
        if own in ADMINS or not self.backend.settings.privacy or chat.type == "channel":
            return True
        replied = chat.messages.get(message.reply_to or 0)
        return (replied is not None and replied.own) or self._addressed(message)

    def _addressed(self, message: Message) -> bool:
        name = f"@{self.backend.world.bot.username}".lower()
        units = message.text.encode("utf-16-le")
        for entity in message.entities:
            if entity["type"] not in _MENTIONS:
                continue
            start, length = cast("int", entity["offset"]), cast("int", entity["length"])
            said = units[start * 2 : (start + length) * 2].decode("utf-16-le").lower()
            if said.endswith(name) or (entity["type"] == "bot_command" and "@" not in said):
                return True
        return False
