"""Renderings of hostile content, read by Telegram's own parser: python -m benchmarks.rendering.

Prints how many contents of each kind were read, which messages were refused and which text was
lost; exits 1 where that is any. A seed that failed gives the same content again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from tests.fakes.contents import content, lost
from tests.fakes.telegram.errors import ApiError


def main() -> int:
    """Render the contents asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rendering", description=__doc__)
    parser.add_argument("--contents", type=int, default=20_000)
    parser.add_argument("--first-seed", type=int, default=0)
    asked = parser.parse_args()
    kinds: Counter[str] = Counter()
    messages = 0
    refused: list[str] = []
    incomplete: list[str] = []
    begun = time.monotonic()
    for seed in range(asked.first_seed, asked.first_seed + asked.contents):
        one = content(seed)
        kinds[one.kind] += 1
        messages += len(one.messages)
        try:
            if lost(one):
                incomplete.append(f"{seed} ({one.kind})")
        except (ApiError, AssertionError) as error:
            refused.append(f"{seed} ({one.kind}): {error}")
    result = {
        "contents": asked.contents,
        "messages": messages,
        "kinds": kinds,
        "refused": len(refused),
        "text lost": len(incomplete),
        "trouble": [*refused, *incomplete][:20],
        "seconds": round(time.monotonic() - begun),
    }
    print(json.dumps(result, indent=2))
    return 1 if refused or incomplete else 0


if __name__ == "__main__":
    raise SystemExit(main())
