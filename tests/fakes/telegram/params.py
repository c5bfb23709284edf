"""Reads a request: JSON, urlencoded or multipart, then every value as its documented type."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from email.message import Message as MimeHeaders
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from tests.fakes.telegram.errors import JsonObject, bad_request
from tests.fakes.telegram.specs import Kind, Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_INTEGER = re.compile(r"[+-]?\d{1,19}\Z")
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One uploaded file."""

    name: str
    mime_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Raw:
    """A request before its values are understood."""

    values: dict[str, object]
    files: dict[str, Upload] = field(default_factory=dict)


class IllTypedError(Exception):
    """A value that isn't of its parameter's documented type."""


@dataclass(slots=True)
class Params:
    """A call's parameters, each of its documented type, and the files that came with it."""

    values: dict[str, object]
    files: dict[str, Upload]

    def text(self, name: str) -> str:
        """A String, empty when absent."""
        return cast("str", self.values.get(name, ""))

    def integer(self, name: str) -> int | None:
        """An Integer."""
        return cast("int | None", self.values.get(name))

    def flag(self, name: str) -> bool:
        """A Boolean, false when absent."""
        return cast("bool", self.values.get(name, False))

    def mapping(self, name: str) -> JsonObject | None:
        """A JSON object."""
        return cast("JsonObject | None", self.values.get(name))

    def array(self, name: str) -> list[object] | None:
        """A JSON array."""
        return cast("list[object] | None", self.values.get(name))

    def file(self, name: str) -> str | Upload | None:
        """An uploaded file, or a file_id or URL."""
        return cast("str | Upload | None", self.values.get(name))

    @property
    def chat(self) -> int | str | None:
        """The chat_id as given."""
        return cast("int | str | None", self.values.get("chat_id"))


def read(content_type: str, query: bytes, body: bytes) -> Raw:
    """The values and files of a request.

    Raises:
        ApiError: the body isn't what its content type says.
    """
    kind = content_type.partition(";")[0].strip().lower()
    values: dict[str, object] = dict(parse_qsl(query.decode(), keep_blank_values=True))
    if not body:
        return Raw(values)
    if kind == "application/json":
        values |= _json_body(body)
        return Raw(values)
    if kind == "multipart/form-data":
        fields, files = _multipart(content_type, body)
        values |= fields
        return Raw(values, files)
    values |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return Raw(values)


def _json_body(body: bytes) -> JsonObject:
    try:
        decoded = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(decoded, dict):
        raise bad_request("object expected")
    return {key: value for key, value in decoded.items() if value is not None}


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    boundary = _header_param(content_type, "boundary")
    if not boundary:
        raise bad_request("boundary of the multipart body is missing")
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for head, data in _parts(body, b"--" + boundary.encode()):
        lines = dict(line.split(": ", 1) for line in head.split("\r\n") if ": " in line)
        headers = {key.lower(): value for key, value in lines.items()}
        disposition = headers.get("content-disposition", "")
        name, filename = _header_param(disposition, "name"), _header_param(disposition, "filename")
        if name is None:
            raise bad_request("a part of the multipart body has no name")
        if filename is None:
            fields[name] = data.decode("utf-8", "replace")
            continue
        mime_type = headers.get("content-type", "application/octet-stream")
        files[name] = Upload(name=filename, mime_type=mime_type, data=data)
    return fields, files


def _header_param(value: str, name: str) -> str | None:
    headers = MimeHeaders()
    headers["x-value"] = value
    found = headers.get_param(name, header="x-value")
    return found if isinstance(found, str) else None


def _parts(body: bytes, delimiter: bytes) -> Iterable[tuple[str, bytes]]:
    at = body.find(delimiter)
    while at >= 0:
        start = at + len(delimiter)
        if body.startswith(b"--", start):
            return
        end = body.find(b"\r\n" + delimiter, start)
        blank = body.find(b"\r\n\r\n", start)
        if end < 0 or blank < 0 or blank > end:
            raise bad_request("multipart body is cut off")
        yield body[start:blank].decode("utf-8", "replace").strip("\r\n"), body[blank + 4 : end]
        at = end + 2


def understand(spec: Spec, raw: Raw, complain: Callable[[str], None]) -> Params:
    """Give every value its documented type; `complain` hears of the rest.

    Unknown parameters are ignored, as Telegram does. An ill-typed one is refused: Telegram would
    quietly take it for 0, false or nothing, which no sender wants.

    Raises:
        ApiError: a value isn't of its type.
    """
    values: dict[str, object] = {}
    attached = _attached(raw)
    for name, value in raw.values.items():
        kind = spec.get(name)
        if kind is None:
            complain(f"unknown parameter {name!r}")
            continue
        try:
            values[name] = _READERS[kind](value)
        except IllTypedError as error:
            complain(f"parameter {name!r} is no {kind.value}: {error}")
            raise bad_request(f"can't parse {name}: {kind.value} expected") from None
    for name, upload in raw.files.items():
        if spec.get(name) is Kind.FILE:
            values[name] = upload
        elif name not in attached:
            complain(f"file {name!r} is not referred to")
    for name, value in values.items():
        if isinstance(value, str) and value.startswith("attach://") and spec[name] is Kind.FILE:
            values[name] = raw.files.get(value.removeprefix("attach://"), value)
    return Params(values, raw.files)


def _attached(raw: Raw) -> set[str]:
    if not raw.files:
        return set()
    return {
        name
        for value in raw.values.values()
        for name in re.findall(r"attach://([^\"]+)", str(value))
    }


def _integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.match(value.strip()):
        return int(value)
    raise IllTypedError(repr(value))


def _string(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise IllTypedError(repr(value))


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise IllTypedError(repr(value))


def _chat(value: object) -> int | str:
    if isinstance(value, str):
        word = value.strip()
        return int(word) if _INTEGER.match(word) else word
    return _integer(value)


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return cast("object", json.loads(value))
    except ValueError:
        raise IllTypedError("not JSON") from None


def _object(value: object) -> JsonObject | None:
    decoded = None if value == "" else _decoded(value)
    if decoded is None or isinstance(decoded, dict):
        return decoded
    raise IllTypedError(type(decoded).__name__)


def _array(value: object) -> list[object] | None:
    decoded = None if value == "" else _decoded(value)
    if decoded is None or isinstance(decoded, list):
        return decoded
    raise IllTypedError(type(decoded).__name__)


_READERS: dict[Kind, Callable[[object], object]] = {
    Kind.INTEGER: _integer,
    Kind.STRING: _string,
    Kind.BOOLEAN: _boolean,
    Kind.CHAT: _chat,
    Kind.OBJECT: _object,
    Kind.ARRAY: _array,
    Kind.FILE: _string,
}
