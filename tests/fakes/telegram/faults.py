"""Faults to come: which call goes wrong, how, and how often."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

FaultKind: TypeAlias = Literal[
    "429", "403", "400", "500", "502", "drop_before", "drop_after", "hang", "delay", "migrate",
    "duplicate_update",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault, for the next `times` calls that match `method` and `chat_id` (None: any).

    Without a method it leaves getUpdates alone: name it to disturb the polling.

    429 announces `retry_after` seconds and, if `enforce`, refuses the chat (`everywhere`: all
    chats) until they have passed. 403, 400 and 500 answer `description`; 502 answers the HTML page
    of a gateway. drop_before closes the connection without taking the call, drop_after takes it and
    closes without an answer. hang keeps the connection for `seconds` and then closes it, having
    taken the call if `accepted`; delay answers rightly, `seconds` late. migrate turns the group
    into the supergroup `migrate_to` and answers so. duplicate_update delivers an update of the
    chat twice under the same id. The first `after` matching calls are left alone.
    """

    kind: FaultKind
    method: str | None = None
    chat_id: int | None = None
    times: int = 1
    after: int = 0
    retry_after: int = 1
    enforce: bool = True
    everywhere: bool = False
    description: str | None = None
    seconds: float = 30.0
    accepted: bool = False
    migrate_to: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault kind {self.kind!r}; there are {', '.join(KINDS)}")
        if self.kind == "migrate" and self.migrate_to is None:
            raise ValueError("a migrate fault needs migrate_to, the id of the new supergroup")

    def concerns(self, method: str, chat_id: int | None) -> bool:
        """Whether a call is one this fault waits for."""
        if self.kind != "duplicate_update":
            if self.method is None and method == "getUpdates":
                return False
            if self.method not in {None, method}:
                return False
        return self.chat_id is None or self.chat_id == chat_id


class FaultQueue:
    """Faults in the order they were added; the first that matches a call is used up by it."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def put(self, fault: Fault) -> None:
        """Add one fault at the end."""
        self.waiting.append(fault)

    def add(
        self,
        *,
        kind: FaultKind,
        method: str | None = None,
        chat_id: int | None = None,
        times: int = 1,
        after: int = 0,
        retry_after: int = 1,
        enforce: bool = True,
        everywhere: bool = False,
        description: str | None = None,
        seconds: float = 30.0,
        accepted: bool = False,
        migrate_to: int | None = None,
    ) -> None:
        """Add one fault; see `Fault` for the meaning of the arguments."""
        self.put(
            Fault(
                kind=kind,
                method=method,
                chat_id=chat_id,
                times=times,
                after=after,
                retry_after=retry_after,
                enforce=enforce,
                everywhere=everywhere,
                description=description,
                seconds=seconds,
                accepted=accepted,
                migrate_to=migrate_to,
            )
        )

    def clear(self) -> None:
        """Forget what hasn't happened yet."""
        self.waiting.clear()

    def take(self, method: str, chat_id: int | None, *, duplicates: bool = False) -> Fault | None:
        """Use up and return the fault for this call; `duplicates` asks for duplicate_update."""
        for index, fault in enumerate(self.waiting):
            if (fault.kind == "duplicate_update") != duplicates:
                continue
            if not fault.concerns(method, chat_id):
                continue
            if fault.after > 0:
                self.waiting[index] = replace(fault, after=fault.after - 1)
                continue
            if fault.times > 1:
                self.waiting[index] = replace(fault, times=fault.times - 1)
            else:
                del self.waiting[index]
            return fault
        return None
