"""One call on its way through the server: what was asked, what came of it, what was answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.telegram.params import Params, Upload
from tests.fakes.telegram.records import Accepted, FileNote

if TYPE_CHECKING:
    from tests.fakes.telegram.errors import JsonObject
    from tests.fakes.telegram.faults import Fault
    from tests.fakes.telegram.state import Message

GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    status: int
    body: bytes
    content_type: bytes = b"application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a method did: its result, and the message or query it concerned."""

    result: object
    message: Message | None = None
    query_id: str | None = None
    quiet: bool = False
    description: str = ""


@dataclass(slots=True)
class Request:
    """A call that was understood."""

    method: str
    params: Params
    chat_id: int | None = None
    fault: Fault | None = None
    at: float = 0.0


def encode(body: JsonObject) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def shown(values: Params) -> dict[str, object]:
    """The parameters without the bytes of files."""
    if not values.files:
        return values.values
    return {
        name: f"<{value.name}, {len(value.data)} bytes>" if isinstance(value, Upload) else value
        for name, value in values.values.items()
    }


def _note(message: Message | None) -> FileNote | None:
    if message is None or message.file is None:
        return None
    file = message.file
    return FileNote(
        kind=file.kind,
        file_id=file.file_id,
        name=file.name,
        mime_type=file.mime_type,
        size=file.size,
    )


def accepted(request: Request, outcome: Outcome, *, seq: int, date: int) -> Accepted:
    """The log record of a call that was carried out at Unix time `date`."""
    values, message = request.params, outcome.message
    # an answered query says its own words, beside the message whose button was pressed
    held = None if outcome.query_id else message
    return Accepted(
        seq=seq,
        at=request.at,
        date=date,
        method=request.method,
        chat_id=message.chat_id if message else request.chat_id,
        thread_id=message.thread_id if message else values.integer("message_thread_id"),
        message_id=message.id if message else values.integer("message_id"),
        text=held.text if held else values.text("text") or None,
        entities=held.entities if held else (),
        reply_markup=held.markup if held else None,
        parse_mode=values.text("parse_mode") or None,
        file=_note(held),
        source=values.text("text") or values.text("caption") or None,
        reply_to=held.reply_to if held else None,
        silent=values.flag("disable_notification"),
        protected=values.flag("protect_content"),
        link_preview=values.mapping("link_preview_options"),
        query_id=outcome.query_id,
        params=shown(values),
    )
