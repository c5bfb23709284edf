"""The tests' hand as people use it: they write, press buttons, ask inline, send files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from tests.fakes.telegram import keyboards, parsing, render
from tests.fakes.telegram.errors import JsonObject
from tests.fakes.telegram.people import ANONYMOUS_ADMIN, People
from tests.fakes.telegram.records import Accepted
from tests.fakes.telegram.state import ADMINS, Chat, Message, OpenQuery, StoredFile, User

_MENTIONS = frozenset({"mention", "text_mention", "bot_command"})


class Actions(People):
    """What people do in Telegram. Safe on any thread; ids are returned, updates are queued."""

    # -- messages -----------------------------------------------------------------------------

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

    # -- buttons ------------------------------------------------------------------------------

    def press(
        self,
        message: int | Accepted,
        data: str | None = None,
        *,
        chat_id: int | None = None,
        label: str | None = None,
        user: int | None = None,
        stale: bool = False,
    ) -> str:
        """Press a button by its callback_data or its label; returns the callback query's id.

        `message` is a message_id (with `chat_id` when several chats have it) or a log record.
        `stale` presses data that is on the keyboard no more, as an old screen can.
        """
        with self.backend.lock:
            found = self._pressed(message, chat_id)
            chat = self.chat(found.chat_id)
            if not stale:
                data = _choose(found, data, label)
            if data is None:
                raise ValueError("a stale press needs the callback_data")
            person = self.speaker(chat, user)
            query = self._open("callback", person, self.backend.settings.callback_ttl)
            query.message = found
            there = found.id in chat.messages
            payload: JsonObject = {
                "id": query.id,
                "from": render.user(person),
                "chat_instance": str(abs(chat.id) * 7919),
                "data": data,
                "message": render.message(self.backend.world, found)
                if there
                else render.inaccessible(found, chat),
            }
            self.backend.updates.put("callback_query", payload, chat.id)
            return query.id

    def _pressed(self, message: int | Accepted, chat_id: int | None) -> Message:
        world = self.backend.world
        if isinstance(message, Accepted):
            chat_id, message = message.chat_id, message.message_id or 0
        chats = [world.chats[chat_id]] if chat_id is not None else list(world.chats.values())
        found = [chat.messages[message] for chat in chats if message in chat.messages]
        found = [each for each in found if each.own] if chat_id is None else found
        if len(found) != 1:
            gone = Message(id=message, chat_id=chat_id or 0, date=0)
            if chat_id is not None:
                return gone
            raise LookupError(f"{len(found)} chats have a bot's message {message}: give chat_id")
        return found[0]

    def _open(self, kind: str, person: User, ttl: float) -> OpenQuery:
        world = self.backend.world
        query = OpenQuery(
            id=world.unique("77"),
            kind="callback" if kind == "callback" else "inline",
            user=person,
            expires=self.backend.settings.monotonic() + ttl,
        )
        world.queries[query.id] = query
        return query

    def unanswered(self) -> list[str]:
        """Callback queries whose button still spins."""
        with self.backend.lock:
            queries = self.backend.world.queries.values()
            return [each.id for each in queries if each.kind == "callback" and not each.answered]

    def expire_queries(self) -> None:
        """From now on every open query is too old to be answered."""
        with self.backend.lock:
            for query in self.backend.world.queries.values():
                query.expires = self.backend.settings.monotonic() - 1.0

    # -- inline mode --------------------------------------------------------------------------

    def inline_query(self, user: int, text: str, *, offset: str = "") -> str:
        """Somebody types "@bot text" in some chat; returns the inline query's id."""
        with self.backend.lock:
            person = self.backend.world.user(user)
            query = self._open("inline", person, self.backend.settings.inline_ttl)
            payload: JsonObject = {
                "id": query.id,
                "from": render.user(person),
                "query": text,
                "offset": offset,
                "chat_type": "supergroup",
            }
            self.backend.updates.put("inline_query", payload, user)
            return query.id

    def choose_result(self, query_id: str, result_id: str) -> str:
        """The person sends one of the results; returns its inline_message_id."""
        with self.backend.lock:
            world, query = self.backend.world, self.backend.world.queries[query_id]
            results = cast("list[JsonObject]", self.backend.inline_answers[query_id]["results"])
            chosen = next(each for each in results if each["id"] == result_id)
            inline_id = world.unique("AAInline")
            world.inline_messages[inline_id] = Message(
                id=0,
                chat_id=0,
                date=self.backend.now(),
                text=str(chosen.get("text", "")),
                entities=tuple(cast("Sequence[JsonObject]", chosen.get("text_entities", ()))),
                markup=cast("JsonObject | None", chosen.get("reply_markup")),
                own=True,
            )
            payload: JsonObject = {
                "result_id": result_id,
                "from": render.user(query.user),
                "query": "",
                "inline_message_id": inline_id,
            }
            self.backend.updates.put("chosen_inline_result", payload, query.user.id)
            return inline_id

    # -- anything else ------------------------------------------------------------------------

    def inject(self, kind: str, payload: JsonObject, chat_id: int = 0) -> int | None:
        """Queue any update; returns its id, None when the bot didn't ask for its kind."""
        with self.backend.lock:
            return self.backend.updates.put(kind, payload, chat_id)

    def age_messages(self, chat_id: int, seconds: int) -> None:
        """Make every message of a chat so much older."""
        with self.backend.lock:
            chat = self.chat(chat_id)
            chat.messages = {
                key: replace(message, date=message.date - seconds)
                for key, message in chat.messages.items()
            }


def _choose(found: Message, data: str | None, label: str | None) -> str:
    buttons = keyboards.callback_buttons(found.markup)
    for button_data, text in buttons.items():
        if data == button_data or (data is None and label is not None and label in text):
            return button_data
    raise LookupError(f"no button {data or label!r}; there are {buttons}")
