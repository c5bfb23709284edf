"""What holds for every test: no network but loopback, no settings from outside, calm timing."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import hypothesis
import pytest

from tests.guard import sitecustomize as guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LOG: Final = pytest.StashKey[Path]()
# Set by whoever runs the bot for real; a test that wants one sets it itself.
_OUTSIDE: Final = ("TELEGRAM_BOT_TOKEN", "BRIEFING_DATA", "COLUMNS", "NO_COLOR", "FORCE_COLOR")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse the network, here and in child processes, before any test module is read."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return  # tests run in workers, each of which comes here itself
    log = Path(tempfile.mkdtemp(prefix="briefing-tests-")) / "refused"
    log.touch()
    config.stash[_LOG] = log
    guard.install(log)
    paths = [str(Path(guard.__file__).parent), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    os.environ[guard.LOG_VARIABLE] = str(log)
    for name in _OUTSIDE:
        os.environ.pop(name, None)
    # A busy machine is no reason for an example to fail.
    hypothesis.settings.register_profile("briefing", deadline=None)
    hypothesis.settings.load_profile("briefing")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the log of refusals."""
    if _LOG in config.stash:
        shutil.rmtree(config.stash[_LOG].parent, ignore_errors=True)


@pytest.fixture
def take_refusals(pytestconfig: pytest.Config) -> Callable[[], list[str]]:
    """Return a function that returns the refused connections since its last call."""
    log = pytestconfig.stash[_LOG]

    def take() -> list[str]:
        lines = log.read_text("utf-8").splitlines()
        log.write_text("", "utf-8")
        return lines

    return take


@pytest.fixture(autouse=True)
def _loopback_only(take_refusals: Callable[[], list[str]]) -> Iterator[None]:
    """Fail a test that reached for the network, whatever became of the error."""
    yield
    refused = take_refusals()
    assert not refused, "tests may use loopback only, but this one tried:\n" + "\n".join(refused)
