"""Answers as JSON and back, so that what was shown can be shown again."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from index.model import Answer, Footnote, Quote, Searched, Statement


def dump_answer(answer: Answer) -> str:
    """Write an answer; days become ISO dates."""
    return json.dumps(asdict(answer), default=date.isoformat, ensure_ascii=False)


def load_answer(document: str) -> Answer:
    """Read what ``dump_answer`` wrote.

    Raises:
        ValueError: this is no answer, or one of another version.
    """
    try:
        raw = json.loads(document)
        nearest = raw["nearest"]
        return Answer(
            **raw
            | {
                "asked_on": _day(raw["asked_on"]),
                "quotes": tuple(map(_quote, raw["quotes"])),
                "searched": _searched(raw["searched"]),
                "nearest": None if nearest is None else _quote(nearest),
            }
        )
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError("this is no answer of this version") from error


def _quote(raw: dict[str, Any]) -> Quote:
    return Quote(
        **raw
        | {
            "published": _day(raw["published"]),
            "statements": tuple(
                Statement(**s | {"date": _day(s["date"])}) for s in raw["statements"]
            ),
            "footnotes": tuple(
                Footnote(**f | {"urls": tuple(f["urls"])}) for f in raw["footnotes"]
            ),
        }
    )


def _searched(raw: dict[str, Any]) -> Searched:
    days = {"first": _day(raw["first"]), "last": _day(raw["last"])}
    return Searched(**raw | days | {"publishers": tuple(raw["publishers"])})


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
