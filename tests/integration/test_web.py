"""The source page over HTTP, its command, and one tap from an answer in the bot's own process."""

from __future__ import annotations

import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.cli import main
from bot.signed_links import KEY_VARIABLE, Grant, ReadingList, ReportPage
from bot.web_wiring import check_public_url
from index.errors import SettingsError
from tests.fakes.reports import make_report
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.web import NOW, VALID, site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.telegram.records import Accepted
    from tests.fakes.web import Site

ROOT = Path(__file__).parents[2]
TOKEN = "78:TEST-token-that-nobody-may-read"
ALICE = 1001
LONG = 90.0  # seconds: the model loads meanwhile
SAFE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    with site() as one:
        yield one


def test_a_link_opens_its_page(served: Site) -> None:
    answer = httpx.get(served.cite("hi-0409", "rejects peacekeepers"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<mark id="cited">rejects peacekeepers</mark>' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/read/forged.link", 403, "open anything"),
        ("GET", "/read/" + "x" * 5_000, 403, "open anything"),
        ("GET", "/read/%00%ff.%2e", 403, "open anything"),
        ("GET", "/", 404, "nothing here"),
        ("GET", "/read/", 404, "nothing here"),
        ("GET", "/static/../link.key", 404, "nothing here"),
        ("POST", "/read/forged.link", 405, "only be read"),
        ("DELETE", "/read/forged.link", 405, "only be read"),
        ("HEAD", "/read/forged.link", 403, ""),
    ],
)
def test_what_is_refused_is_said_safely(
    served: Site, method: str, path: str, status: int, said: str
) -> None:
    answer = httpx.request(method, served.url + path)
    assert answer.status_code == status
    assert said in answer.text
    assert answer.headers.items() >= SAFE.items()
    assert "script" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'sha"
    )


def test_a_long_page_travels_compressed(served: Site) -> None:
    answer = httpx.get(served.cite("hi-long", "Observers in sector 3 counted 22 lorries"))
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.num_bytes_downloaded < 60_000 < len(answer.content)


def test_a_head_request_gets_the_head_alone(served: Site) -> None:
    address = served.links.reading_list()
    plain = {"Accept-Encoding": "identity"}
    head, whole = httpx.head(address, headers=plain), httpx.get(address, headers=plain)
    assert (head.status_code, head.text) == (200, "")
    assert head.headers["content-length"] == str(len(whole.content))
    assert whole.headers.items() >= SAFE.items()


@pytest.mark.parametrize(
    "target",
    [
        ReportPage(report_id="hi-none", revision=1),
        ReportPage(report_id="hi-0409", revision=9),
        ReadingList(page=99),
    ],
)
def test_what_is_no_longer_stored_is_gone(served: Site, target: ReportPage | ReadingList) -> None:
    assert httpx.get(served.links.to(target)).status_code == 404


def test_links_on_a_page_end_when_the_link_to_it_does() -> None:
    with site() as one:
        for n in range(60):
            one.reports.add(
                make_report(f"more-{n}", ("paragraph", f"Word {n}."), published=None)  # type: ignore[arg-type]
            )
        expires = NOW + VALID
        first = one.signer.sign(Grant(target=ReadingList(), expires=expires))
        seen: list[str] = []
        pages, waiting = 0, [first]
        while waiting:
            page = httpx.get(f"{one.url}/read/{waiting.pop()}").text
            pages += 1
            tokens = re.findall(r'href="([\w-]+\.[\w-]+)"', page)
            assert {one.signer.read(token, now=NOW).expires for token in tokens} == {expires}
            seen += [token for token in tokens if "more-" in str(one.signer.read(token, now=NOW))]
            waiting += re.findall(r'rel="next" href="([^"]+)"', page)
        assert pages == 4
        assert len(set(seen)) == 60
        one.clock.moment = expires
        assert httpx.get(f"{one.url}/read/{seen[0]}").status_code == 403


def test_a_defect_shows_nothing_of_itself(
    served: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(served.reports, "report", broken)
    address = served.links.to(ReportPage(report_id="hi-0409", revision=1))
    answer = httpx.get(address)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers.items() >= SAFE.items()
    assert urlsplit(address).path not in caplog.text


@pytest.mark.parametrize("url", ["", "https://briefing.example.org", "https://b.example/app"])
def test_addresses_that_a_messenger_takes(url: str) -> None:
    check_public_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8765",
        "http://127.0.0.1:8765",
        "http://[::1]:8765",
        "https://briefing",
        "http://app.localhost",
        "https://me:secret@briefing.example.org",
    ],
)
def test_addresses_that_only_this_machine_opens_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"web\.public_url"):
        check_public_url(url)
    (tmp_path / "own.toml").write_text(f'[web]\npublic_url = "{url}"\n')
    arguments = ["--data", str(tmp_path), "--config", str(tmp_path / "own.toml"), "check"]
    assert main(arguments) == 2


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample reports, indexed by a process of its own."""
    folder = tmp_path_factory.mktemp("data")
    command = [sys.executable, "-m", "bot.cli", "--data", str(folder), "samples"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_the_command_prints_links(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        code = main(["--data", str(data), *arguments])
        return code, capsys.readouterr().out

    _, listed = run("reports", "--json")
    id_ = json.loads(listed)[0]["id"]
    code, printed = run("link", id_, "--start", "10", "--end", "40")
    assert code == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8765/read/[\w-]+\.[\w-]+#cited\n", printed)
    code, printed = run("link", "--json", "--list")
    assert (code, list(json.loads(printed))) == (0, ["url", "until"])
    assert run("link", id_, "--start", "10")[0] == 2
    assert run("link", id_, "--start", "10", "--end", "9999999")[0] == 2
    assert run("link", "--list", "--start", "1", "--end", "2")[0] == 2
    assert run("link", "nosuchreport")[0] == 1


def test_a_taken_port_is_named(tmp_path: Path, served: Site) -> None:
    config = settings(tmp_path, urlsplit(served.url).port or 0)
    with FakeTelegram(token=TOKEN, bot_username="briefing_test_bot") as server:
        process = start(tmp_path, config, server.url)
        _, log = process.communicate(timeout=LONG)
    assert process.returncode == 2
    assert "web.port" in log


def test_one_tap_from_an_answer_to_the_cited_words(data: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = settings(tmp_path, port)
    with FakeTelegram(token=TOKEN, bot_username="briefing_test_bot") as server:
        server.private(ALICE)
        process = start(data, config, server.url)
        try:
            server.user_says(ALICE, "what did Russia say about peacekeepers?")
            answer = server.wait_for(lambda one: bool(sources(one)), chat_id=ALICE, timeout=LONG)
            (address, *_) = sources(answer)
            page = httpx.get(address)
            server.user_says(ALICE, "/latest")
            latest = server.wait_for(chat_id=ALICE, contains="Latest", timeout=LONG)
            listed = httpx.get(buttons(latest)["Reports by day"])
            process.send_signal(signal.SIGTERM)
            _, log = process.communicate(timeout=LONG)
        finally:
            process.kill()
            process.wait()
        server.assert_clean()
    assert process.returncode == 0, log
    assert urlsplit(address).fragment == "cited"
    assert page.status_code == 200
    cited = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", page.text, re.DOTALL))
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", "", cited)).split())
    assert words
    assert words in " ".join((answer.text or "").split())
    assert listed.status_code == 200
    assert (data / "link.key").read_text() not in log
    assert urlsplit(address).path not in log
    with pytest.raises(httpx.ConnectError):
        httpx.get(address)


def settings(folder: Path, port: int) -> Path:
    """Write settings under which pages are served and chats lead to them."""
    path = folder / "web.toml"
    path.write_text(f'[web]\nport = {port}\npublic_url = "http://127.0.0.1:{port}"\n')
    return path


def start(data: Path, config: Path, url: str) -> subprocess.Popen[str]:
    """Start the bot's process."""
    arguments = ["--data", str(data), "--config", str(config), "run", "--web", "--api-url", url]
    return subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *arguments],
        cwd=ROOT,
        env=os.environ | {"TELEGRAM_BOT_TOKEN": TOKEN, KEY_VARIABLE: ""},
        stderr=subprocess.PIPE,
        text=True,
    )


def buttons(record: Accepted) -> dict[str, str]:
    """Labels of a message's buttons with the addresses they open."""
    markup: Any = record.reply_markup or {}
    return {
        button["text"]: button["url"]
        for row in markup.get("inline_keyboard", [])
        for button in row
        if "url" in button
    }


def sources(record: Accepted) -> list[str]:
    """Return the addresses of an answer's source buttons."""
    return [url for label, url in buttons(record).items() if "ource" in label]
