"""The values of the chat side, named as in the glossary of docs/design.md."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message goes: a chat and, in a forum, the topic within it."""

    chat_id: int
    thread_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button under a message: it sends ``data`` back (1 to 64 bytes) or opens ``url``.

    Raises:
        ValueError: not exactly one of the two, an empty label, or data of another length.
    """

    label: str
    data: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError("a button needs a label")
        if (self.data is None) == (self.url is None):
            raise ValueError(f"button {self.label!r} needs data or an address, one of them")
        if self.data is not None and not 1 <= len(self.data.encode()) <= 64:  # noqa: PLR2004
            raise ValueError(f"button {self.label!r} carries {len(self.data.encode())} bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a message: a picture is shown (PNG or JPEG), a document offered.

    Raises:
        ValueError: an empty file, or a name that is more than a plain file name.
    """

    name: str
    content: bytes = field(repr=False)
    kind: Literal["picture", "document"] = "document"

    def __post_init__(self) -> None:
        if _FILE_NAME.fullmatch(self.name) is None:
            raise ValueError(f"{self.name!r} is no plain file name")
        if not self.content:
            raise ValueError(f"the file {self.name} is empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in Telegram's HTML, up to 4,096 UTF-16 units once parsed, and its buttons.

    With an attachment the text is its caption: up to 1,024 units, and it may be empty.
    """

    html: str
    keyboard: tuple[tuple[Button, ...], ...] = ()
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the messenger accepted."""

    message_ids: tuple[int, ...]
