"""What the server remembers for assertions: accepted calls, all calls, violations."""

from __future__ import annotations

import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.fakes.telegram.errors import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNote:
    """A file that came with an accepted call; `size` in bytes."""

    kind: str
    file_id: str
    name: str
    mime_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One accepted call that changed something.

    `at` is monotonic seconds, `date` Unix seconds; `text` is the message's text or caption after
    parsing and `source` what the bot sent; `entities` are MessageEntity objects with UTF-16
    offsets; `params` are the parameters as understood.
    """

    seq: int
    at: float
    date: int
    method: str
    chat_id: int | None
    thread_id: int | None
    message_id: int | None
    text: str | None
    entities: tuple[JsonObject, ...]
    reply_markup: JsonObject | None
    parse_mode: str | None
    file: FileNote | None
    source: str | None
    reply_to: int | None
    silent: bool
    protected: bool
    link_preview: JsonObject | None
    query_id: str | None
    params: Mapping[str, object]

    def buttons(self) -> list[JsonObject]:
        """The inline buttons, row after row."""
        rows = (self.reply_markup or {}).get("inline_keyboard") or []
        return [button for row in rows for button in row]  # type: ignore[attr-defined]

    def to_dict(self) -> JsonObject:
        """The record's fields as JSON values."""
        shown: JsonObject = {name: getattr(self, name) for name in self.__slots__}
        shown["file"] = asdict(self.file) if self.file is not None else None
        return shown

    def to_json(self) -> str:
        """One line of the log file."""
        return json.dumps(self.to_dict())


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request and its answer; `status` is None when the connection was dropped unanswered."""

    seq: int
    at: float
    method: str
    chat_id: int | None
    params: Mapping[str, object]
    status: int | None
    answer: bytes
    fault: str | None

    @property
    def json(self) -> JsonObject:
        """The answer decoded; empty when it wasn't JSON."""
        if not self.answer.startswith(b"{"):
            return {}
        decoded: JsonObject = json.loads(self.answer)
        return decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """Something the bot did that the documentation doesn't allow."""

    method: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyRetry:
    """A send made `early_by` seconds before a 429's `retry_after` had passed."""

    at: float
    chat_id: int
    early_by: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedEntities:
    """Entities past the hundredth, which Telegram drops without a word."""

    method: str
    chat_id: int | None
    count: int


class Journal:
    """Everything worth asserting on, appended under the server's lock, readable at any time."""

    def __init__(self, keep_calls: int) -> None:
        self.log: list[Accepted] = []
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.violations: list[Violation] = []
        self.dropped_entities: list[DroppedEntities] = []
        self.early_retries: list[EarlyRetry] = []
        self.sink: Callable[[Accepted], None] | None = None
        self.changed = threading.Condition()
        self._calls_seen = 0

    def accept(self, record: Accepted) -> None:
        """Append to the acceptance log and wake whoever waits for it."""
        self.log.append(record)
        if self.sink is not None:
            self.sink(record)
        with self.changed:
            self.changed.notify_all()

    def next_call(self) -> int:
        """A number for a call."""
        self._calls_seen += 1
        return self._calls_seen

    def violation(self, method: str, what: str) -> None:
        """Note a broken rule; the same one twice is noted once."""
        found = Violation(method=method, what=what)
        if found not in self.violations:
            self.violations.append(found)
