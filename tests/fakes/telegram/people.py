"""The tests' hand in the world: who there is, which chats, who may do what in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.fakes.telegram import render
from tests.fakes.telegram.state import Chat, Message, Status, Topic, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.fakes.telegram.backend import Backend
    from tests.fakes.telegram.errors import JsonObject

ANONYMOUS_ADMIN = 1087968824


class People:
    """Makes chats and changes who is in them; every change the bot would hear of is an update.

    Safe on any thread.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    # -- chats --------------------------------------------------------------------------------

    def private(
        self,
        user_id: int,
        *,
        first_name: str = "",
        username: str = "",
        language_code: str = "en",
        started: bool = True,
    ) -> int:
        """A private chat with a person, who has pressed Start if `started`; returns its id."""
        with self.backend.lock:
            person = self.backend.world.user(user_id, first_name=first_name, username=username)
            person.language_code = language_code
            self.backend.world.chats[user_id] = Chat(
                id=user_id, type="private", user=person, started=started
            )
        return user_id

    def privates(self, first_id: int, count: int) -> None:
        """Private chats of `count` people with consecutive ids, all of whom have pressed Start."""
        for user_id in range(first_id, first_id + count):
            self.private(user_id)

    def group(
        self,
        chat_id: int,
        title: str = "Group",
        *,
        members: Sequence[int] = (),
        admin: bool = False,
    ) -> int:
        """A basic group; its first member created it. `admin`: the bot is an administrator."""
        return self._shared(Chat(id=chat_id, type="group", title=title), members, admin=admin)

    def supergroup(
        self,
        chat_id: int,
        title: str = "Supergroup",
        *,
        members: Sequence[int] = (),
        admin: bool = False,
        forum: bool = False,
        username: str = "",
    ) -> int:
        """A supergroup, a forum if asked; its first member created it."""
        chat = Chat(id=chat_id, type="supergroup", title=title, is_forum=forum, username=username)
        return self._shared(chat, members, admin=admin)

    def channel(
        self,
        chat_id: int,
        title: str = "Channel",
        *,
        members: Sequence[int] = (),
        admin: bool = True,
        username: str = "",
    ) -> int:
        """A channel; its first member created it, the bot may post."""
        chat = Chat(id=chat_id, type="channel", title=title, username=username)
        return self._shared(chat, members, admin=admin)

    def _shared(self, chat: Chat, members: Iterable[int], *, admin: bool) -> int:
        if chat.id >= 0:
            raise ValueError(f"chat {chat.id}: the id of a {chat.type} is negative")
        with self.backend.lock:
            for user_id in members:
                self.backend.world.user(user_id)
                chat.members[user_id] = "member" if chat.members else "creator"
            chat.members[self.backend.world.bot.id] = "administrator" if admin else "member"
            self.backend.world.chats[chat.id] = chat
        return chat.id

    def topic(self, chat_id: int, name: str, *, user: int | None = None) -> int:
        """A new topic of a forum; returns its message_thread_id."""
        with self.backend.lock:
            chat = self.chat(chat_id)
            if not chat.is_forum:
                raise ValueError(f"chat {chat_id} is no forum")
            service: JsonObject = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
            made = self.tell_service(chat, self.speaker(chat, user), service, own_thread=True)
            chat.topics[made.id] = Topic(id=made.id, name=name)
            return made.id

    def close_topic(self, chat_id: int, thread_id: int, *, deleted: bool = False) -> None:
        """Close a topic, or delete it."""
        with self.backend.lock:
            topic = self.chat(chat_id).topics[thread_id]
            topic.closed, topic.deleted = True, deleted

    # -- who may do what ----------------------------------------------------------------------

    def set_status(self, chat_id: int, user_id: int, status: Status) -> None:
        """Make somebody (or the bot) something in a chat; the bot hears of it as Telegram does."""
        with self.backend.lock:
            chat, world = self.chat(chat_id), self.backend.world
            person = world.user(user_id)
            old = world.status(chat, user_id)
            chat.members[user_id] = status
            kind = "my_chat_member" if user_id == world.bot.id else "chat_member"
            self._tell_membership(chat, kind, person, old, status)

    def kick_bot(self, chat_id: int) -> None:
        """Throw the bot out of a chat."""
        self.set_status(chat_id, self.backend.world.bot.id, "kicked")

    def add_bot(self, chat_id: int, *, admin: bool = False) -> None:
        """Let the bot into a chat (again)."""
        status: Status = "administrator" if admin else "member"
        self.set_status(chat_id, self.backend.world.bot.id, status)

    def user_blocks(self, chat_id: int) -> None:
        """The person of a private chat blocks the bot."""
        self._set_blocked(chat_id, blocked=True)

    def user_unblocks(self, chat_id: int) -> None:
        """The person of a private chat takes the bot back."""
        self._set_blocked(chat_id, blocked=False)

    def _set_blocked(self, chat_id: int, *, blocked: bool) -> None:
        with self.backend.lock:
            chat = self.chat(chat_id)
            if chat.user is None:
                raise ValueError(f"chat {chat_id} is no private chat; only people block bots")
            old: Status = "kicked" if chat.blocked else "member"
            chat.blocked = blocked
            new: Status = "kicked" if blocked else "member"
            self._tell_membership(chat, "my_chat_member", self.backend.world.bot, old, new)

    def deactivate(self, chat_id: int) -> None:
        """The person's account is gone."""
        with self.backend.lock:
            self.chat(chat_id).deactivated = True

    def mute(self, chat_id: int, *, muted: bool = True) -> None:
        """Take members' right to write in a group, the bot's with it."""
        with self.backend.lock:
            self.chat(chat_id).muted = muted

    def delete_chat(self, chat_id: int) -> None:
        """A group or channel is deleted."""
        with self.backend.lock:
            self.chat(chat_id).deleted = True

    def vanish(self, chat_id: int) -> None:
        """A chat is unknown from now on: 'chat not found'."""
        with self.backend.lock:
            del self.backend.world.chats[chat_id]

    def migrate(self, chat_id: int, new_id: int) -> None:
        """A group becomes a supergroup; both tell the bot."""
        with self.backend.lock:
            old = self.chat(chat_id)
            new = self.backend.migrate(old, new_id)
            person = self.speaker(old, None)
            self.tell_service(old, person, {"migrate_to_chat_id": new_id})
            self.tell_service(new, person, {"migrate_from_chat_id": chat_id})

    # -- shared with the other hand -----------------------------------------------------------

    def chat(self, chat_id: int) -> Chat:
        """A chat by its id; a person is met on first mention."""
        chats = self.backend.world.chats
        if chat_id not in chats and chat_id > 0:
            self.private(chat_id, started=False)
        if chat_id not in chats:
            raise LookupError(f"no chat {chat_id}: make it with group(), supergroup() or channel()")
        return chats[chat_id]

    def speaker(self, chat: Chat, user_id: int | None) -> User:
        """Who speaks: the named person, else the chat's person or its first member."""
        world = self.backend.world
        if user_id is not None:
            person = world.user(user_id)
            if chat.type != "private" and world.status(chat, user_id) == "left":
                chat.members[user_id] = "member"
            return person
        if chat.user is not None:
            return chat.user
        humans = (world.users[each] for each in chat.members if not world.users[each].is_bot)
        found = next(humans, None)
        if found is None:
            raise LookupError(f"nobody is in chat {chat.id}: name the user")
        return found

    def tell_service(
        self, chat: Chat, person: User, service: JsonObject, *, own_thread: bool = False
    ) -> Message:
        """A service message, which the bot always hears."""
        world = self.backend.world
        message = world.add(
            Message(
                id=world.next_message_id(chat),
                chat_id=chat.id,
                date=self.backend.now(),
                kind="service",
                sender=person,
                service=service,
            )
        )
        if own_thread:
            message.thread_id = message.id
        self.backend.updates.put("message", render.message(world, message), chat.id)
        return message

    def _tell_membership(
        self, chat: Chat, kind: str, person: User, old: Status, new: Status
    ) -> None:
        actor = chat.user or next(
            (self.backend.world.users[each] for each, s in chat.members.items() if s == "creator"),
            person,
        )
        payload: JsonObject = {
            "chat": render.chat(chat),
            "from": render.user(actor),
            "date": self.backend.now(),
            "old_chat_member": render.member(person, old),
            "new_chat_member": render.member(person, new),
        }
        self.backend.updates.put(kind, payload, chat.id)
