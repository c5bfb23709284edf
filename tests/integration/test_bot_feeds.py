"""The bot's process polls feeds and looks at folders by itself, and stops in the middle of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from index.catalogue import Catalogue
from index.sql import open_engine
from tests.fakes.site import PAGE, WrittenSite, writing_site
from tests.fakes.telegram.server import FakeTelegram

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[2]
TOKEN: Final = "77:TEST-token-that-nobody-may-read"
LONG: Final = 90.0  # seconds: a busy machine
SETTINGS: Final = """
[sources]
private_addresses = true
[feeds]
addresses = ["{feed}"]
spacing = 0.0
tick_seconds = 1
[folders]
paths = ["{folder}"]
quiet_seconds = 0.5
tick_seconds = 1
"""


@contextmanager
def running(base: Path, site: WrittenSite, url: str) -> Iterator[subprocess.Popen[str]]:
    """Run the bot's process over a data folder; whoever uses it ends it."""
    config, folder = base / "settings.toml", base / "in"
    folder.mkdir()
    config.write_text(SETTINGS.format(feed=f"{site.address}/feed", folder=folder))
    command = [sys.executable, "-m", "bot.cli", "--data", str(base / "data")]
    process = subprocess.Popen(
        [*command, "--config", str(config), "run", "--api-url", url],
        cwd=ROOT,
        env=os.environ | {"TELEGRAM_BOT_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def end(process: subprocess.Popen[str]) -> str:
    """End the bot as an operator does, and return what it logged."""
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=LONG)
    assert process.returncode == 0, log
    assert "Traceback" not in log
    return log


def wait_for(what: Callable[[], object], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + LONG
    while not what():
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < until
        time.sleep(0.2)


def put(site: WrittenSite, *names: str) -> None:
    items = ""
    for name in names:
        items += f"<item><link>{site.address}/{name}</link></item>"
        site.put(f"/{name}", PAGE.decode().replace("peacekeepers", name))
    site.put("/feed", f"<rss><channel><title>News</title>{items}</channel></rss>")


def test_the_bot_reads_what_feeds_and_folders_bring(tmp_path: Path) -> None:
    with writing_site() as site, FakeTelegram(token=TOKEN) as telegram:
        put(site, "ferries", "absent")
        site.put("/absent", status=404)
        catalogue = Catalogue(open_engine(f"sqlite:///{tmp_path / 'data' / 'briefing.sqlite'}"))
        catalogue.create()
        with running(tmp_path, site, telegram.url) as process:
            wait_for(catalogue.summaries, process)
            (tmp_path / "in" / "bridges.html").write_bytes(
                PAGE.replace(b"peacekeepers", b"bridges")
            )
            wait_for(lambda: len(catalogue.changes()) == 2, process)
            log = end(process)
    assert f"not read: {site.address}/absent: the server answered 404" in log


def test_the_bot_stops_while_it_waits_its_turn(tmp_path: Path) -> None:
    with writing_site() as site, FakeTelegram(token=TOKEN) as telegram:
        put(site, "ferries", "bridges")
        site.put("/robots.txt", "User-agent: *\nCrawl-delay: 60")
        with running(tmp_path, site, telegram.url) as process:
            wait_for(lambda: site.visits, process)
            time.sleep(1)
            begun = time.monotonic()
            end(process)
            assert time.monotonic() - begun < 30
