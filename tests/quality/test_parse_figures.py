"""The figures of reading real pages, pinned: what was reached once is not lost again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("BRIEFING_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.mark.skipif(not (DATA / "isw" / "html").is_dir(), reason=f"real pages are not at {DATA}")
def test_every_goal_is_reached() -> None:
    script = ROOT / "benchmarks" / "parse_figures.py"
    done = subprocess.run(
        [sys.executable, str(script), str(DATA)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MISSED" not in done.stdout
