"""Methods with files: sendDocument, sendPhoto, editMessageMedia, getFile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from tests.fakes.telegram import images, keyboards, render, sending
from tests.fakes.telegram.calls import Outcome
from tests.fakes.telegram.errors import ApiError, JsonObject, bad_request
from tests.fakes.telegram.methods_messages import shown
from tests.fakes.telegram.params import Params, Upload
from tests.fakes.telegram.sending import Content
from tests.fakes.telegram.state import StoredFile

if TYPE_CHECKING:
    from tests.fakes.telegram.backend import Backend, Handler

MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20

_MEDIA_FIELDS = frozenset({
    "type", "media", "thumbnail", "caption", "parse_mode", "caption_entities",
    "show_caption_above_media", "has_spoiler", "disable_content_type_detection",
})  # fmt: skip


def send_document(backend: Backend, values: Params) -> Outcome:
    """SendDocument."""
    file = input_file(backend, values.file("document"), "document")
    text = sending.caption_of(values)
    content = Content(kind="document", text=text, file=file)
    message = sending.deliver(backend, values, content)
    return Outcome(result=render.message(backend.world, message), message=message)


def send_photo(backend: Backend, values: Params) -> Outcome:
    """SendPhoto."""
    file = input_file(backend, values.file("photo"), "photo")
    content = Content(kind="photo", text=sending.caption_of(values), file=file)
    message = sending.deliver(backend, values, content)
    return Outcome(result=render.message(backend.world, message), message=message)


def edit_message_media(backend: Backend, values: Params) -> Outcome:
    """editMessageMedia, for documents and photos."""
    media = values.mapping("media")
    if not media:
        raise bad_request('parameter "media" is required')
    for unknown in sorted(set(media) - _MEDIA_FIELDS):
        backend.complain(f"unknown field {unknown!r} in media")
    markup = keyboards.check(values.mapping("reply_markup"), inline_only=True)
    content = _media_content(backend, values, media)
    message = sending.editable(backend, values)
    sending.edited(backend, message, content, markup)
    return Outcome(result=shown(backend, message), message=message)


def _media_content(backend: Backend, values: Params, media: JsonObject) -> Content:
    kind = media.get("type")
    if kind not in {"photo", "document"}:
        backend.complain(f"media type {kind!r} isn't supported here")
        raise bad_request(f'Can\'t parse InputMedia: type "{kind}" is unsupported')
    known: Literal["photo", "document"] = "photo" if kind == "photo" else "document"
    source: str | Upload | None = str(media.get("media") or "")
    if str(source).startswith("attach://"):
        source = values.files.get(str(source).removeprefix("attach://"))
    if not source:
        raise bad_request("Can't parse InputMedia: media not found")
    text = sending.caption_text(
        str(media.get("caption") or ""),
        str(media.get("parse_mode") or ""),
        cast("list[object] | None", media.get("caption_entities")),
    )
    return Content(kind=known, text=text, file=input_file(backend, source, known))


def input_file(
    backend: Backend, source: str | Upload | None, kind: Literal["document", "photo"]
) -> StoredFile:
    """The file a call sends: a new one, or one the server has.

    Raises:
        ApiError: none given, too big, no picture, an id of nothing.
    """
    if not source:
        raise bad_request(f"there is no {kind} in the request")
    if isinstance(source, Upload):
        return store(backend, source, kind)
    if source.startswith(("http://", "https://")):
        backend.complain("files by URL aren't fetched here")
        raise bad_request("failed to get HTTP URL content")
    known = backend.world.files.get(source)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad_request("type of file mismatch")
    return known


def store(backend: Backend, upload: Upload, kind: Literal["document", "photo"]) -> StoredFile:
    """Check an upload and keep it.

    Raises:
        ApiError: too big, empty, no picture.
    """
    size = len(upload.data)
    if size > MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    if size == 0:
        raise bad_request("file must be non-empty")
    width = height = 0
    if kind == "photo":
        width, height = _picture(upload, size)
    file = StoredFile(
        file_id=backend.world.unique("AgACFile" if kind == "photo" else "BQACFile"),
        unique_id=backend.world.unique("AQAD"),
        kind=kind,
        name=upload.name,
        mime_type=upload.mime_type,
        size=size,
        data=upload.data,
        width=width,
        height=height,
    )
    backend.world.files[file.file_id] = file
    return file


def _picture(upload: Upload, size: int) -> tuple[int, int]:
    if size > MAX_PHOTO:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; "
            f"the maximum size is {MAX_PHOTO} bytes"
        )
    sides = images.size(upload.data)
    if sides is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if sum(sides) > MAX_PHOTO_SIDES or max(sides) > MAX_PHOTO_RATIO * min(sides):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return sides


def get_file(backend: Backend, values: Params) -> Outcome:
    """GetFile."""
    file_id = values.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    file = backend.world.files.get(file_id)
    if file is None:
        raise bad_request("invalid file_id")
    if file.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return Outcome(
        result={
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": file.size,
            "file_path": f"{file.kind}s/{file.file_id}",
        },
        quiet=True,
    )


HANDLERS: dict[str, Handler] = {
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageMedia": edit_message_media,
    "getFile": get_file,
}
