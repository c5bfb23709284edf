"""A bot as several processes over the same servers, for tests that end one of them at work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import text

from index.sql import open_engine
from tests.fakes.servers import free_port, proxy, running_postgresql, start_chroma

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.servers import ChromaServer

TOKEN = "77:TEST-token-that-nobody-may-read"
SECRET = "a-secret-that-nobody-may-read"
ROOT = Path(__file__).parents[2]
PATIENCE = 90.0

_CONFIG = """
[stores]
database_url = "{database}"
chroma_url = "{chroma}"
[index]
follow_seconds = 2
[chat]
questions_per_minute = 1000
[digest]
max_age_days = 3650
tick_seconds = 1
[webhook]
url = "{url}"
port = {port}
"""


@dataclass
class Worker:
    """One process, with a data folder and a port of its own."""

    folder: Path
    port: int
    api_url: str
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def is_running(self) -> bool:
        """Whether it has come as far as being at work, since it was last started."""
        return self.log.count("the bot is running") == self.starts

    @property
    def config(self) -> Path:
        return self.folder / "briefing.toml"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", errors="replace")

    def start(self) -> Self:
        self.starts += 1
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "run", "--api-url", self.api_url],
                cwd=ROOT,
                env=os.environ
                | {
                    "TELEGRAM_BOT_TOKEN": TOKEN,
                    "TELEGRAM_WEBHOOK_SECRET": SECRET,
                    "BRIEFING_LOG": "INFO",
                    "OMP_NUM_THREADS": "1",
                },
                stderr=log,
            )
        return self

    @property
    def command(self) -> list[str]:
        place = ["--data", str(self.folder), "--config", str(self.config)]
        return [sys.executable, "-m", "bot.cli", *place]

    def run(self, *arguments: str) -> str:
        """Run another command over the same stores, to its end."""
        done = subprocess.run(
            [*self.command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as an operator does and return its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@dataclass
class Site:
    """PostgreSQL, Chroma and the workers over them."""

    folder: Path
    database: str
    chroma: ChromaServer
    workers: list[Worker] = field(default_factory=list)

    def worker(self, url: str, api_url: str, port: int) -> Worker:
        """Make a worker that is not started yet."""
        folder = self.folder / f"worker-{len(self.workers)}"
        folder.mkdir(exist_ok=True)
        (folder / "log").unlink(missing_ok=True)
        worker = Worker(folder, port, api_url)
        worker.config.write_text(
            _CONFIG.format(database=self.database, chroma=self.chroma.url, url=url, port=port)
        )
        self.workers.append(worker)
        return worker

    @contextmanager
    def without_database(self) -> Iterator[None]:
        """Cut off everybody from PostgreSQL, and let nobody in while the context is open."""
        (socket,) = (self.folder / "postgresql").glob(".s.PGSQL.*[0-9]")
        hidden = socket.with_name("hidden")
        engine = open_engine(self.database)
        with engine.connect() as connection:
            socket.rename(hidden)
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
        engine.dispose()
        try:
            yield
        finally:
            hidden.rename(socket)

    def restart_chroma(self) -> None:
        """Start Chroma again over the same folder, at the same address."""
        self.chroma = start_chroma(self.folder / "chroma", self.chroma.port)

    @contextmanager
    def staffed(self, api_url: str, workers: int = 2) -> Iterator[list[Worker]]:
        """Run so many workers behind a proxy; none outlives the context."""
        ports = [free_port() for _ in range(workers)]
        self.workers = []
        with proxy(ports) as url:
            made = [self.worker(f"{url}/hook", api_url, port).start() for port in ports]
            try:
                yield made
            finally:
                for worker in made:
                    worker.kill()


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Run PostgreSQL and Chroma with the sample reports in them."""
    with ExitStack() as stack:
        database = stack.enter_context(running_postgresql(folder / "postgresql"))
        chroma = start_chroma(folder / "chroma")
        made = Site(folder, database, chroma)
        stack.callback(lambda: made.chroma.stop())  # noqa: PLW0108  (it may be another by then)
        made.worker("", "http://127.0.0.1:9", 1).run("samples")
        made.workers.clear()
        yield made
