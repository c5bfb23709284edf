"""Many random schedules of faults against the strict server: python -m benchmarks.soak.

Prints what came out, and exits 1 where somebody missed an edition or a second copy came unmarked.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

from tests.fakes.lives import Server, Soak


def main() -> int:
    """Live through the schedules asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--schedules", type=int, default=2000)
    parser.add_argument("--first-seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.monotonic()
    with Server() as server, tempfile.TemporaryDirectory() as folder:
        soak = Soak(server, Path(folder))
        for seed in range(asked.first_seed, asked.first_seed + asked.schedules):
            soak.run(seed)
            for database in Path(folder).iterdir():
                database.unlink()
            if soak.tally.schedules % 50 == 0:
                print(f"{soak.tally.schedules} schedules, {soak.tally.trouble}", flush=True)
    seconds = round(time.monotonic() - begun)
    print(json.dumps(vars(soak.tally) | {"seconds": seconds}, indent=2))
    return 1 if soak.tally.trouble else 0


if __name__ == "__main__":
    raise SystemExit(main())
