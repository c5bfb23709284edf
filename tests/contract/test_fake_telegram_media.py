"""The fake Bot API server takes and gives files within the documented sizes."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram.client import Answer, Api

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "1:TEST"
CHAT = 1001


@pytest.fixture
def server() -> Iterator[FakeTelegram]:
    with FakeTelegram(TOKEN, limits=None) as started:
        started.private(CHAT, first_name="Ann")
        yield started


@pytest.fixture
def api(server: FakeTelegram) -> Iterator[Api]:
    with Api(server) as made:
        yield made


def png(width: int, height: int, padding: int = 0) -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR"
    return head + struct.pack(">II", width, height) + b"\x08\x02\x00\x00\x00" + bytes(4 + padding)


def test_files_travel_both_ways(server: FakeTelegram, api: Api) -> None:
    data = bytes(range(256)) * 300 + b"\r\n--boundary-like\r\n\r\n"
    answer = api.http.post(
        "sendDocument",
        data={"chat_id": CHAT, "caption": "<i>c</i>", "parse_mode": "HTML"},
        files={"document": ('digest "1".txt', data, "text/plain")},
    ).json()["result"]
    assert answer["caption"] == "c"
    assert answer["document"]["file_size"] == len(data)
    note = server.log[-1].file
    assert note is not None
    assert (note.mime_type, note.size) == ("text/plain", len(data))
    found = api.ok("getFile", file_id=answer["document"]["file_id"])
    address = f"{server.url}/file/bot{TOKEN}/{found['file_path']}"
    assert httpx.get(address, trust_env=False).content == data
    again = api.ok("sendDocument", chat_id=CHAT, document=answer["document"]["file_id"])
    assert again["document"]["file_id"] == answer["document"]["file_id"]
    mismatch = api.error("sendPhoto", chat_id=CHAT, photo=answer["document"]["file_id"])
    assert mismatch == "Bad Request: type of file mismatch"
    server.assert_clean()


def test_a_persons_file_can_be_fetched_up_to_20_mb(server: FakeTelegram, api: Api) -> None:
    server.user_sends_document(CHAT, "report.html", b"<p>x</p>", caption="read this")
    (update,) = api.ok("getUpdates")
    document = update["message"]["document"]
    assert update["message"]["caption"] == "read this"
    path = api.ok("getFile", file_id=document["file_id"])["file_path"]
    assert httpx.get(f"{server.url}/file/bot{TOKEN}/{path}", trust_env=False).text == "<p>x</p>"
    server.user_sends_document(CHAT, "big.pdf", size=20 * 1024 * 1024 + 1)
    big = api.ok("getUpdates", offset=update["update_id"] + 1)[0]["message"]["document"]
    assert api.error("getFile", file_id=big["file_id"]) == "Bad Request: file is too big"
    assert api.error("getFile", file_id="no such id") == "Bad Request: invalid file_id"


def test_pictures(server: FakeTelegram, api: Api) -> None:
    def photo(data: bytes) -> Answer:
        files = {"photo": ("trend.png", data, "image/png")}
        answer = api.http.post("sendPhoto", data={"chat_id": CHAT}, files=files)
        return answer.status_code, answer.json()

    _, sent = photo(png(640, 480))
    assert [(size["width"], size["height"]) for size in sent["result"]["photo"]] == [(640, 480)]
    assert photo(png(9000, 2000))[1]["description"].endswith("PHOTO_INVALID_DIMENSIONS")
    assert photo(png(2100, 100))[1]["description"].endswith("PHOTO_INVALID_DIMENSIONS")
    assert photo(b"no picture")[1]["description"].endswith("IMAGE_PROCESS_FAILED")
    assert photo(b"")[1]["description"] == "Bad Request: file must be non-empty"
    assert "is too big for a photo" in photo(png(64, 64, 10 * 1024 * 1024))[1]["description"]
    error = api.error("sendPhoto", chat_id=CHAT)
    assert error == "Bad Request: there is no photo in the request"
    error = api.error("sendPhoto", chat_id=CHAT, photo="AgAC")
    assert error == "Bad Request: wrong file identifier/HTTP URL specified"
    server.assert_clean()
    api.error("sendPhoto", chat_id=CHAT, photo="https://example.com/a.png")
    assert server.violations


def test_captions_and_uploads_have_limits(api: Api) -> None:
    def document(data: bytes, caption: str) -> Answer:
        answer = api.http.post(
            "sendDocument",
            data={"chat_id": CHAT, "caption": caption},
            files={"document": ("a.bin", data)},
            timeout=60,
        )
        return answer.status_code, answer.json()

    assert document(b"x", "c" * 1024)[0] == 200
    assert document(b"x", "c" * 1025)[1]["description"].endswith("message caption is too long")
    status, answer = document(bytes(50 * 1024 * 1024 + 1), "")
    assert status == 413
    assert answer["description"] == "Request Entity Too Large"


def test_media_can_be_exchanged(server: FakeTelegram, api: Api) -> None:
    sent = api.http.post(
        "sendPhoto", data={"chat_id": CHAT}, files={"photo": ("a.png", png(10, 10))}
    ).json()["result"]
    media = {"type": "photo", "media": "attach://new", "caption": "April"}
    place = {"chat_id": CHAT, "message_id": sent["message_id"]}
    edited = api.http.post(
        "editMessageMedia",
        data=place | {"media": json.dumps(media)},
        files={"new": ("b.png", png(20, 30))},
    ).json()["result"]
    assert edited["photo"][0]["height"] == 30
    assert edited["caption"] == "April"
    server.assert_clean()
    error = api.error("editMessageMedia", **place, media={"type": "photo", "media": "attach://x"})
    assert error.endswith("media not found")
