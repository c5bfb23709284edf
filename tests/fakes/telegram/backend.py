"""The server without HTTP: understands a call, carries it out, keeps the records."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.fakes.telegram import params
from tests.fakes.telegram.calls import (
    GATEWAY_PAGE,
    Outcome,
    Reply,
    Request,
    accepted,
    encode,
    shown,
)
from tests.fakes.telegram.errors import ApiError, JsonObject, forbidden, migrated, too_many
from tests.fakes.telegram.faults import FaultQueue
from tests.fakes.telegram.limits import EVERYWHERE, FloodControl, retry_after
from tests.fakes.telegram.params import Params, Raw
from tests.fakes.telegram.records import (
    Call,
    DroppedEntities,
    EarlyRetry,
    Journal,
)
from tests.fakes.telegram.specs import METHODS, SPECS
from tests.fakes.telegram.state import Chat, User, World
from tests.fakes.telegram.updates import Update, UpdateQueue
from tests.fakes.telegram.webhook import Hook

if TYPE_CHECKING:
    from tests.fakes.telegram.parsing import Formatted
    from tests.fakes.telegram.settings import Settings

Handler = Callable[["Backend", Params], Outcome]


@dataclass(slots=True)
class Profile:
    """What the bot says of itself, by (scope, language)."""

    commands: dict[str, list[object]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)


class Backend:
    """One bot's server. Every change happens under `lock`, on whichever thread."""

    def __init__(self, settings: Settings, handlers: Mapping[str, Handler]) -> None:
        self.settings = settings
        self.handlers = handlers
        self.lock = threading.RLock()
        bot = User(
            id=settings.bot_id,
            first_name=settings.bot_name,
            username=settings.bot_username,
            is_bot=True,
        )
        self.world = World(bot)
        self.journal = Journal(settings.keep_calls)
        self.faults = FaultQueue()
        self.flood = FloodControl(settings.limits)
        self.updates = UpdateQueue(self.lock)
        self.updates.is_duplicated = self._is_duplicated
        self.profile = Profile()
        self.hook = Hook(url="")
        self.actions: list[tuple[int, str, int | None]] = []
        self.callback_answers: dict[str, JsonObject] = {}
        self.inline_answers: dict[str, JsonObject] = {}
        self.logged_out = False
        self.started_at = settings.monotonic()
        self.method = ""

    # -- one call, from outside ------------------------------------------------------------

    def understand(self, method: str, raw: Raw) -> Request | Reply:
        """A call ready to be carried out, with the fault that awaits it, or its refusal."""
        name = METHODS.get(method.lower())
        now = self.settings.monotonic()
        if name is None:
            with self.lock:
                self.journal.violation(method, "unknown method")
            refusal = ApiError(404, "Not Found: method not found")
            return self.refuse(Request(method, Params(raw.values, {}), at=now), refusal)
        request = Request(name, Params(raw.values, raw.files), at=now)
        try:
            request.params = params.understand(
                SPECS[name], raw, lambda what: self.journal.violation(name, what)
            )
        except ApiError as error:
            return self.refuse(request, error)
        chat_id = request.params.chat
        request.chat_id = chat_id if isinstance(chat_id, int) else None
        with self.lock:
            request.fault = self.faults.take(name, request.chat_id)
        return request

    def perform(self, request: Request) -> Reply:
        """Carry out a call: change the world, keep the records, answer."""
        with self.lock:
            self.method = request.method
            try:
                self.suffer(request)
                outcome = self.handlers[request.method](self, request.params)
            except ApiError as error:
                return self.refuse(request, error)
            if not outcome.quiet:
                self._accept(request, outcome)
            return self.answer(request, outcome.result, outcome.description)

    def answer(self, request: Request, result: object, description: str = "") -> Reply:
        """A positive answer, recorded."""
        body: JsonObject = {"ok": True, "result": result}
        if description:
            body["description"] = description
        return self._recorded(request, Reply(200, encode(body)))

    def refuse(self, request: Request, error: ApiError) -> Reply:
        """A negative answer, recorded."""
        return self._recorded(request, Reply(error.status, encode(error.body())))

    def refuse_unread(self, error: ApiError) -> Reply:
        """A negative answer to what didn't become a call: a wrong token, a broken body."""
        return self.refuse(Request("", Params({}, {}), at=self.settings.monotonic()), error)

    def gateway_error(self, request: Request) -> Reply:
        """The page of a gateway that lost its server, recorded."""
        return self._recorded(request, Reply(502, GATEWAY_PAGE, b"text/html"))

    def unanswered(self, request: Request) -> None:
        """Record a call whose connection is closed without an answer."""
        self._recorded(request, None)

    # -- what methods need --------------------------------------------------------------------

    def now(self) -> int:
        """Unix seconds."""
        return int(self.settings.wall())

    def complain(self, what: str) -> None:
        """Note a violation of the method under way."""
        self.journal.violation(self.method, what)

    def check_flood(self, chat: Chat) -> None:
        """Count one message to a chat, or refuse it.

        Raises:
            ApiError: 429.
        """
        now = self.settings.monotonic()
        scope, seconds = self.flood.wait(chat.id, group=chat.is_group, now=now)
        if seconds > 0:
            announced = retry_after(seconds)
            self.flood.silence(scope, announced, now)
            raise too_many(announced)
        self.flood.sent(chat.id, group=chat.is_group, now=now)

    def check_silence(self, chat: Chat) -> None:
        """Refuse a message to a chat that a 429 silenced.

        Raises:
            ApiError: 429 with what is left of the silence.
        """
        now = self.settings.monotonic()
        silence = self.flood.silenced(chat.id, now)
        if silence is None:
            return
        limits = self.settings.limits
        if now - silence.since > (limits.grace if limits else 0.0):
            early = EarlyRetry(at=now, chat_id=chat.id, early_by=silence.until - now)
            self.journal.early_retries.append(early)
        raise too_many(retry_after(silence.until - now))

    def note_dropped(self, text: Formatted, chat_id: int | None) -> None:
        """Record entities past the hundredth."""
        if text.dropped:
            dropped = DroppedEntities(method=self.method, chat_id=chat_id, count=text.dropped)
            self.journal.dropped_entities.append(dropped)

    def suffer(self, request: Request) -> None:
        """Refuse a call that a fault awaits.

        Raises:
            ApiError: the fault's.
        """
        fault = request.fault
        if fault is None:
            return
        if fault.kind == "429":
            scope = EVERYWHERE if fault.everywhere else request.chat_id
            if fault.enforce and scope is not None:
                self.flood.silence(scope, fault.retry_after, self.settings.monotonic())
            raise too_many(fault.retry_after)
        if fault.kind == "403":
            raise forbidden(fault.description or "bot was blocked by the user")
        if fault.kind == "400":
            raise ApiError(400, f"Bad Request: {fault.description or 'injected fault'}")
        if fault.kind == "500":
            raise ApiError(500, f"Internal Server Error: {fault.description or 'injected fault'}")
        if fault.kind == "migrate" and fault.migrate_to is not None:
            if request.chat_id in self.world.chats:
                self.migrate(self.world.chats[request.chat_id], fault.migrate_to)
            raise migrated(fault.migrate_to)

    def migrate(self, old: Chat, new_id: int) -> Chat:
        """Turn a group into a supergroup, without telling the bot."""
        new = Chat(id=new_id, type="supergroup", title=old.title, members=dict(old.members))
        old.migrated_to = new_id
        self.world.chats[new_id] = new
        return new

    # -- inside -------------------------------------------------------------------------------

    def _is_duplicated(self, update: Update) -> bool:
        with self.lock:
            return self.faults.take("getUpdates", update.chat_id, duplicates=True) is not None

    def _accept(self, request: Request, outcome: Outcome) -> None:
        seq = len(self.journal.log)
        self.journal.accept(accepted(request, outcome, seq=seq, date=self.now()))

    def _recorded(self, request: Request, reply: Reply | None) -> Reply:
        with self.lock:
            self.journal.calls.append(
                Call(
                    seq=self.journal.next_call(),
                    at=request.at,
                    method=request.method,
                    chat_id=request.chat_id,
                    params=shown(request.params),
                    status=reply.status if reply else None,
                    answer=reply.body if reply else b"",
                    fault=request.fault.kind if request.fault else None,
                )
            )
        return reply or Reply(0, b"")
