"""The fake Bot API server limits, fails, hangs and drops on purpose, and takes orders."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.fakes.telegram import FakeTelegram, Fault, FloodLimits, Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHAT, OTHER, GROUP = 1001, 1002, -2001


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def server(clock: Clock) -> Iterator[FakeTelegram]:
    settings = Settings(token="1:TEST", bot_username="b_bot", monotonic=clock)
    with FakeTelegram(settings=settings) as started:
        started.private(CHAT)
        started.private(OTHER)
        started.privates(5000, 40)
        started.group(GROUP, members=[7])
        yield started


def call(server: FakeTelegram, method: str, **values: object) -> httpx.Response:
    return httpx.post(f"{server.url}/bot1:TEST/{method}", json=values, trust_env=False, timeout=20)


def send(server: FakeTelegram, chat_id: int = CHAT, text: str = "x") -> httpx.Response:
    return call(server, "sendMessage", chat_id=chat_id, text=text)


# -- flood control ----------------------------------------------------------------------------


def test_a_chat_takes_one_a_second_after_a_short_burst(server: FakeTelegram, clock: Clock) -> None:
    assert [send(server).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = send(server)
    assert refused.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert send(server, OTHER).status_code == 200, "another chat isn't concerned"
    clock.now += 1
    assert send(server).status_code == 200
    for _ in range(5):
        clock.now += 1
        assert send(server).status_code == 200, "one a second can go on for ever"
    assert len(server.sent(CHAT)) == 9


def test_no_more_than_thirty_in_any_second(server: FakeTelegram, clock: Clock) -> None:
    statuses = []
    for chat_id in range(5000, 5031):
        statuses.append(send(server, chat_id).status_code)
        clock.now += 0.03
    assert statuses == [200] * 30 + [429]
    clock.now += 1
    assert send(server, 5035).status_code == 200


def test_a_group_takes_twenty_a_minute(server: FakeTelegram, clock: Clock) -> None:
    for _ in range(20):
        assert send(server, GROUP).status_code == 200
        clock.now += 1.5
    refused = send(server, GROUP)
    assert refused.json()["parameters"] == {"retry_after": 30}
    assert send(server, CHAT).status_code == 200
    clock.now += 30
    assert send(server, GROUP).status_code == 200
    assert server.early_retries == []


def test_a_retry_before_its_time_is_noted(server: FakeTelegram, clock: Clock) -> None:
    server.faults.add(kind="429", method="sendMessage", chat_id=CHAT, retry_after=7)
    assert send(server).json()["parameters"] == {"retry_after": 7}
    clock.now += 5
    assert send(server).json()["parameters"] == {"retry_after": 2}
    assert [(each.chat_id, each.early_by) for each in server.early_retries] == [(CHAT, 2.0)]
    clock.now += 2
    assert send(server).status_code == 200


def test_flood_control_can_be_changed_and_switched_off(server: FakeTelegram) -> None:
    server.set_limits(None)
    assert {send(server).status_code for _ in range(40)} == {200}
    server.set_limits(FloodLimits(chat_burst=1))
    assert [send(server).status_code for _ in range(2)] == [200, 429]


# -- faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        ("429", 429, "Too Many Requests: retry after 1"),
        ("403", 403, "Forbidden: bot was blocked by the user"),
        ("400", 400, "Bad Request: "),
        ("500", 500, "Internal Server Error: "),
        ("502", 502, "<html>"),
    ],
)
def test_a_fault_answers_instead_of_the_method(
    server: FakeTelegram, kind: Any, status: int, text: str
) -> None:
    server.faults.add(kind=kind, method="sendMessage", chat_id=CHAT, times=2, enforce=False)
    assert send(server, OTHER).status_code == 200
    answers = [send(server) for _ in range(3)]
    assert [each.status_code for each in answers] == [status, status, 200]
    assert text in answers[0].text
    assert [record.chat_id for record in server.log] == [OTHER, CHAT]
    assert [each.fault for each in server.calls] == [None, kind, kind, None]


def test_faults_choose_their_calls(server: FakeTelegram) -> None:
    server.faults.add(kind="403", after=1, description="user is deactivated")
    assert call(server, "getUpdates").status_code == 200
    assert call(server, "getMe").status_code == 200
    refused = send(server)
    assert refused.json()["description"] == "Forbidden: user is deactivated"
    server.faults.add(kind="502", method="getUpdates")
    assert send(server).status_code == 200
    assert call(server, "getUpdates").status_code == 502
    server.faults.add(kind="403")
    server.faults.clear()
    assert send(server).status_code == 200


@pytest.mark.parametrize(("kind", "accepted"), [("drop_before", 0), ("drop_after", 1)])
def test_a_dropped_connection_says_nothing(server: FakeTelegram, kind: Any, accepted: int) -> None:
    server.faults.add(kind=kind, method="sendMessage")
    with pytest.raises(httpx.RemoteProtocolError):
        send(server)
    assert len(server.log) == accepted
    assert send(server).status_code == 200


@pytest.mark.parametrize("accepted", [False, True])
def test_a_hanging_call_outlasts_the_client(server: FakeTelegram, *, accepted: bool) -> None:
    server.faults.add(kind="hang", method="sendMessage", seconds=30, accepted=accepted)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{server.url}/bot1:TEST/sendMessage",
            json={"chat_id": CHAT, "text": "x"},
            timeout=0.3,
            trust_env=False,
        )
    assert len(server.log) == int(accepted)


def test_a_hanging_call_is_dropped_in_the_end(server: FakeTelegram) -> None:
    server.faults.add(kind="hang", method="sendMessage", seconds=0.2)
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError):
        send(server)
    assert 0.15 < time.monotonic() - began < 5


def test_a_server_with_a_hanging_call_stops_at_once() -> None:
    with FakeTelegram() as server:
        server.private(CHAT)
        server.faults.add(kind="hang", seconds=60)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{server.url}/bot1:TEST/getMe", timeout=0.1, trust_env=False)
        began = time.monotonic()
    assert time.monotonic() - began < 3


def test_a_late_answer_is_right(server: FakeTelegram) -> None:
    server.faults.add(kind="delay", method="sendMessage", seconds=0.3)
    began = time.monotonic()
    assert send(server).status_code == 200
    assert 0.25 < time.monotonic() - began < 5


def test_a_group_migrates_under_the_bot(server: FakeTelegram) -> None:
    server.faults.add(kind="migrate", method="sendMessage", chat_id=GROUP, migrate_to=-1005)
    answer = send(server, GROUP).json()
    assert answer["error_code"] == 400
    assert answer["parameters"] == {"migrate_to_chat_id": -1005}
    assert send(server, GROUP).json()["parameters"] == {"migrate_to_chat_id": -1005}
    assert send(server, -1005).status_code == 200


def test_an_update_comes_twice(server: FakeTelegram) -> None:
    server.faults.add(kind="duplicate_update", chat_id=CHAT)
    server.user_says(OTHER, "once")
    server.user_says(CHAT, "twice")
    first = call(server, "getUpdates").json()["result"]
    assert [each["message"]["text"] for each in first] == ["once", "twice"]
    offset = first[-1]["update_id"] + 1
    second = call(server, "getUpdates", offset=offset).json()["result"]
    assert second == first[1:]
    assert call(server, "getUpdates", offset=offset).json()["result"] == []


def test_impossible_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown fault kind"):
        Fault(kind="meteor")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="needs migrate_to"):
        Fault(kind="migrate")


# -- records and waiting ----------------------------------------------------------------------


def test_the_log_holds_accepted_calls_and_the_calls_all(server: FakeTelegram) -> None:
    send(server, text="kept")
    send(server, 4242)
    call(server, "getMe")
    assert [(record.method, record.text) for record in server.log] == [("sendMessage", "kept")]
    assert [(each.method, each.status) for each in server.calls] == [
        ("sendMessage", 200),
        ("sendMessage", 400),
        ("getMe", 200),
    ]
    assert server.calls[1].json["description"] == "Bad Request: chat not found"
    assert server.calls[0].params == {"chat_id": CHAT, "text": "kept"}


def test_waiting_finds_or_tells_what_came_instead(server: FakeTelegram) -> None:
    send(server, text="first")
    first = server.wait_for(chat_id=CHAT, contains="first")
    send(server, text="second")
    assert server.wait_for(after=first.seq).text == "second"
    assert server.wait_for(method="sendMessage", count=2).text == "second"
    shows = server.wait_for(lambda each: server.text_of(CHAT, each.message_id or 0) == "second")
    assert shows.seq == 1
    with pytest.raises(AssertionError, match=r"(?s)waited 0\.1 s for a call to 1002.*'second'"):
        server.wait_for(chat_id=OTHER, timeout=0.1)


def test_the_token_is_in_no_record(server: FakeTelegram) -> None:
    send(server)
    httpx.get(f"{server.url}/bot9:SECRET/getMe", trust_env=False)
    shown = f"{server.calls} {server.log} {server.violations} {server.settings}"
    assert "TEST" not in shown
    assert "SECRET" not in shown


# -- from another process ---------------------------------------------------------------------


def test_control_endpoints(server: FakeTelegram) -> None:
    def control(path: str, **values: object) -> Any:
        address = f"{server.url}/control/{path}"
        return httpx.post(address, json=values, trust_env=False).json()

    def shown(path: str) -> Any:
        return httpx.get(f"{server.url}/control/{path}", trust_env=False).json()

    chat = control("act", action="private", args={"user_id": 77})["result"]
    assert chat == 77
    control("act", action="user_says", args={"chat_id": 77, "text": "hi"})
    assert call(server, "getUpdates").json()["result"][0]["message"]["text"] == "hi"
    assert control("faults", kind="403", chat_id=77) == {"waiting": 1}
    assert send(server, 77).status_code == 403
    assert "unknown fault kind" in control("faults", kind="meteor")["error"]
    assert control("limits", limits={"chat_burst": 1})["limits"] == {"chat_burst": 1}
    assert [send(server, 77, "a").status_code for _ in range(2)] == [200, 429]
    assert control("limits", limits=None) == {"limits": None}
    control("act", action="user_blocks", args={"chat_id": 77})
    assert send(server, 77).status_code == 403
    (record,) = shown("log")["log"]
    assert (record["seq"], record["chat_id"], record["text"]) == (0, 77, "a")
    assert shown("log?after=0") == {"log": []}
    assert [each["status"] for each in shown("calls?after=2")["calls"]] == [200, 429, 403]
    call(server, "sendTelepathy")
    checks = shown("checks")
    assert checks["violations"] == [{"method": "sendTelepathy", "what": "unknown method"}]
    assert "no action 'fly'" in control("act", action="fly")["error"]
    assert "chat_id" in control("act", action="user_says", args={})["error"]
    assert "no chat -5" in control("act", action="kick_bot", args={"chat_id": -5})["error"]


def test_the_server_as_a_process(tmp_path: Path) -> None:
    log = tmp_path / "accepted.jsonl"
    command = [sys.executable, "-m", "tests.fakes.telegram", "--log", str(log), "--no-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            private = {"action": "privates", "args": {"first_id": 5, "count": 3}}
            httpx.post(f"{url}/control/act", json=private, trust_env=False)
            for number in range(3):
                values = {"chat_id": 5 + number, "text": f"text {number}"}
                httpx.post(f"{url}/bot1:TEST/sendMessage", json=values, trust_env=False)
            lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        finally:
            process.terminate()
    assert [(line["chat_id"], line["text"]) for line in lines] == [
        (5, "text 0"),
        (6, "text 1"),
        (7, "text 2"),
    ]
