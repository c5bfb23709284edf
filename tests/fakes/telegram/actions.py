"""The tests' hand as people use it: they write, press buttons, ask inline, send files."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tests.fakes.telegram import keyboards, render
from tests.fakes.telegram.records import Accepted
from tests.fakes.telegram.speech import Speech
from tests.fakes.telegram.state import Message, OpenQuery, User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.fakes.telegram.errors import JsonObject


class Actions(Speech):
    """What people do in Telegram. Safe on any thread; ids are returned, updates are queued."""

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

    def press_inline(self, inline_id: str, data: str, *, user: int) -> str:
        """Press a button of a message sent through inline mode; returns the query's id."""
        with self.backend.lock:
            found, person = (
                self.backend.world.inline_messages[inline_id],
                self.backend.world.user(user),
            )
            query = self._open("callback", person, self.backend.settings.callback_ttl)
            query.inline_message_id = inline_id
            payload: JsonObject = {
                "id": query.id,
                "from": render.user(person),
                "chat_instance": "1",
                "data": _choose(found, data, None),
                "inline_message_id": inline_id,
            }
            self.backend.updates.put("callback_query", payload, user)
            return query.id

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
