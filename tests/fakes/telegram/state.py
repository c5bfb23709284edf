"""The world behind the server: users, chats, members, topics, messages, files, open queries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tests.fakes.telegram.errors import JsonObject, bad_request, forbidden, migrated

ChatType: TypeAlias = Literal["private", "group", "supergroup", "channel"]
Status: TypeAlias = Literal[
    "creator", "administrator", "member", "restricted", "left", "kicked"
]  # fmt: skip
MessageKind: TypeAlias = Literal["text", "document", "photo", "service"]

ADMINS = frozenset({"creator", "administrator"})
GENERAL_TOPIC = 1


@dataclass(slots=True, kw_only=True)
class User:
    """A person or a bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    is_bot: bool = False


@dataclass(slots=True, kw_only=True)
class StoredFile:
    """A file on the server; `data` is empty when only its size matters."""

    file_id: str
    unique_id: str
    kind: Literal["document", "photo"]
    name: str
    mime_type: str
    size: int
    data: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0


@dataclass(slots=True, kw_only=True)
class Message:
    """One message; `text` is the caption of a document or photo, `own` means sent by the bot."""

    id: int
    chat_id: int
    date: int
    kind: MessageKind = "text"
    sender: User | None = None
    sender_chat: int | None = None
    text: str = ""
    entities: tuple[JsonObject, ...] = ()
    markup: JsonObject | None = None
    thread_id: int | None = None
    reply_to: int | None = None
    file: StoredFile | None = None
    edit_date: int | None = None
    protected: bool = False
    link_preview: JsonObject | None = None
    service: JsonObject | None = None
    own: bool = False
    via_bot: bool = False
    reaction: list[object] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Topic:
    """A forum topic; its id is that of the service message that made it."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Chat:
    """A chat as Telegram knows it, with everybody's status in it."""

    id: int
    type: ChatType
    title: str = ""
    username: str = ""
    user: User | None = None
    is_forum: bool = False
    members: dict[int, Status] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    # 1 is the message that says that the group or channel was created
    last_id: int = 1
    started: bool = True
    blocked: bool = False
    deactivated: bool = False
    deleted: bool = False
    muted: bool = False
    migrated_to: int | None = None

    @property
    def is_group(self) -> bool:
        """Whether the per-group sending limit applies."""
        return self.type in {"group", "supergroup"}


@dataclass(slots=True, kw_only=True)
class OpenQuery:
    """A callback or inline query that waits for its answer until `expires` (monotonic)."""

    id: str
    kind: Literal["callback", "inline"]
    user: User
    expires: float
    message: Message | None = None
    inline_message_id: str | None = None
    answered: bool = False


class World:
    """Everything the server knows, without a word about HTTP."""

    def __init__(self, bot: User) -> None:
        self.bot = bot
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, OpenQuery] = {}
        self.inline_messages: dict[str, Message] = {}
        self._last_id = 0
        self._names = 0

    def user(self, user_id: int, *, first_name: str = "", username: str = "") -> User:
        """The user of this id, made on first mention."""
        known = self.users.get(user_id)
        if known is None:
            name = first_name or f"User {user_id}"
            known = self.users[user_id] = User(id=user_id, first_name=name, username=username)
        return known

    def unique(self, prefix: str) -> str:
        """A fresh name for a file, a query, an inline message."""
        self._names += 1
        return f"{prefix}{self._names:010d}"

    def next_message_id(self, chat: Chat) -> int:
        """One sequence for private chats and basic groups, one for each supergroup or channel."""
        if chat.type in {"supergroup", "channel"}:
            chat.last_id += 1
            return chat.last_id
        self._last_id += 1
        return self._last_id

    def find(self, chat_id: int | str | None) -> Chat:
        """The chat that a call names.

        Raises:
            ApiError: there is none.
        """
        if chat_id is None or chat_id == "":
            raise bad_request("chat_id is empty")
        if isinstance(chat_id, str):
            name = chat_id.removeprefix("@").lower()
            for chat in self.chats.values():
                if chat.username.lower() == name and chat.type in {"supergroup", "channel"}:
                    return chat
            raise bad_request("chat not found")
        found = self.chats.get(chat_id)
        if found is None:
            raise bad_request("chat not found")
        return found

    def status(self, chat: Chat, user_id: int) -> Status:
        """What somebody is in a chat."""
        return chat.members.get(user_id, "left")

    def check_access(self, chat: Chat, *, write: bool) -> None:
        """Refuse what the bot may not do in this chat.

        Raises:
            ApiError: blocked, kicked, not a member, migrated, not allowed to write.
        """
        if chat.type == "private":
            self._check_private(chat, write=write)
            return
        name = f"{chat.type} chat"
        if chat.migrated_to is not None:
            raise migrated(chat.migrated_to)
        if chat.deleted:
            raise forbidden(f"the {name} was deleted")
        own = self.status(chat, self.bot.id)
        if own == "kicked":
            raise forbidden(f"bot was kicked from the {name}")
        if own == "left":
            raise forbidden(f"bot is not a member of the {name}")
        if not write or own in ADMINS:
            return
        if chat.type == "channel":
            raise bad_request("need administrator rights in the channel chat")
        if chat.muted:
            raise bad_request("not enough rights to send text messages to the chat")

    def _check_private(self, chat: Chat, *, write: bool) -> None:
        if not write:
            return
        if chat.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")

    def check_thread(self, chat: Chat, thread_id: int | None) -> None:
        """Refuse a topic that isn't there.

        Raises:
            ApiError: no such topic, or a closed one.
        """
        if thread_id is None:
            return
        topic = chat.topics.get(thread_id)
        if topic is None or topic.deleted:
            raise bad_request("message thread not found")
        if topic.closed and self.status(chat, self.bot.id) not in ADMINS:
            raise bad_request("TOPIC_CLOSED")

    def message(self, chat: Chat, message_id: int | None, what: str) -> Message:
        """The message a call names.

        Raises:
            ApiError: `what` not found.
        """
        found = chat.messages.get(message_id or 0)
        if found is None:
            raise bad_request(f"{what} not found")
        return found

    def add(self, message: Message) -> Message:
        """Put a message into its chat."""
        self.chats[message.chat_id].messages[message.id] = message
        return message
