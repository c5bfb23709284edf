"""What a subscriber asked for, and the one line that says it.

The line is ``TIME… DAYS ZONE FLAGS`` and then sections: ``07:30 18:00 mon-fri Europe/Kyiv quiet
topics: peacekeepers, air defense publishers: any``. ``parse`` reads it over what was there before,
so that what isn't named stays; ``render`` writes all of it, and parsing that gives the same value.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, time
from typing import TYPE_CHECKING

from bot.zones import is_zone, resolve_zone
from index.errors import BriefingError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_TIMES = 8
MAX_TOPICS = 20
MAX_NAME = 100
MAX_LINE = 3000
DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
WORK_DAYS = frozenset(range(5))
WEEKEND = EVERY_DAY - WORK_DAYS

_EVERYTHING = frozenset({"any", "all", "everything", "none", "no", "off", "-", "*"})
_DAY_SETS = {
    "daily": EVERY_DAY,
    "everyday": EVERY_DAY,
    "weekdays": WORK_DAYS,
    "workdays": WORK_DAYS,
    "weekends": WEEKEND,
    "weekend": WEEKEND,
}
_FLAGS: dict[str, dict[str, bool]] = {
    "always": {"always": True},
    "only-new": {"always": False},
    "onlynew": {"always": False},
    "quiet": {"quiet": True},
    "silent": {"quiet": True},
    "loud": {"quiet": False},
}
_NOISE = frozenset({"at", "on", "in", "and", "every", "each", "day", "zone:", "days:", "time:"})
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")
_DAY_RANGE = re.compile(r"([a-z]+)-([a-z]+)")
_SECTION = re.compile(r"\b(topics?|publishers?|sources?|paused?)[ \t]*:", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_NEEDS_QUOTES = re.compile(r'[",;:]')
_NOON = 12


class SubscriptionError(BriefingError):
    """What was asked for can't be subscribed to; the sentence says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """When one place wants its digest, and of what.

    Args:
        zone: IANA zone in which ``times`` and ``weekdays`` are meant.
        times: local times of day, whole minutes, ascending, 1 to ``MAX_TIMES`` of them.
        weekdays: Monday is 0; a weekly digest has one.
        publishers: exact names; none means every publisher.
        topics: words to keep matching takeaways by; none means every takeaway.
        always: send a message even where nothing is new.
        quiet: deliver without a sound.
        paused_until: the first local day on which digests come again.

    Raises:
        SubscriptionError: a value outside these limits.
    """

    zone: str
    times: tuple[time, ...]
    weekdays: frozenset[int] = EVERY_DAY
    publishers: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    always: bool = False
    quiet: bool = False
    paused_until: date | None = None

    def __post_init__(self) -> None:
        if not is_zone(self.zone):
            raise SubscriptionError(f"{self.zone} is not a time zone known here.")
        _check_times(self.times)
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise SubscriptionError("A subscription needs at least one day of the week.")
        _check_names(self.publishers, "publisher")
        _check_names(self.topics, "topic")


def parse(
    line: str, base: Subscription, *, zone_of: Callable[[str], str] = resolve_zone
) -> Subscription:
    """Read a line over ``base``: what the line doesn't name stays as it was.

    Raises:
        SubscriptionError: the line holds something that can't be meant.
        ZoneError: the place is unknown or has several zones (from ``zone_of``).
    """
    if len(line) > MAX_LINE:
        raise SubscriptionError(f"That is too long; a subscription takes {MAX_LINE} characters.")
    head, sections = _split_sections(line)
    result = _read_head(head, base, zone_of)
    for name, content in sections:
        if name.startswith("topic"):
            result = replace(result, topics=_read_names(content))
        elif name.startswith("pause"):
            result = replace(result, paused_until=_read_date(content))
        else:
            result = replace(result, publishers=_read_names(content))
    return result


def render(wanted: Subscription) -> str:
    """Write the line that ``parse`` reads back to the same value, whatever it is read over."""
    paused = wanted.paused_until.isoformat() if wanted.paused_until else "none"
    return " ".join(
        (
            *(format(t, "%H:%M") for t in wanted.times),
            render_days(wanted.weekdays),
            wanted.zone,
            "always" if wanted.always else "only-new",
            "quiet" if wanted.quiet else "loud",
            f"paused: {paused};",
            f"publishers: {_write_names(wanted.publishers)};",
            f"topics: {_write_names(wanted.topics)}",
        )
    )


def render_days(weekdays: frozenset[int]) -> str:
    """Write days as the line has them: ``daily``, ``weekdays`` or ``mon,wed``."""
    for name in ("daily", "weekdays", "weekends"):
        if weekdays == _DAY_SETS[name]:
            return name
    return ",".join(DAY_NAMES[day] for day in sorted(weekdays))


def parse_times(text: str) -> tuple[time, ...]:
    """Read one or more times of day.

    Raises:
        SubscriptionError: something in it is no time, or there is none.
    """
    words = _words(text)
    times = [_read_time(word) for word in words]
    if not times or None in times:
        raise SubscriptionError(f"“{text.strip()[:MAX_NAME]}” is no time of day; write 07:30.")
    return tuple(sorted({t for t in times if t is not None}))


def parse_names(text: str) -> tuple[str, ...]:
    """Read topics or publishers separated by commas; ``any`` means none in particular.

    Raises:
        SubscriptionError: a name is too long, or there are too many.
    """
    names = _read_names(text)
    _check_names(names, "topic")
    return names


def _check_times(times: tuple[time, ...]) -> None:
    if not 1 <= len(times) <= MAX_TIMES:
        raise SubscriptionError(f"A subscription takes 1 to {MAX_TIMES} times of day.")
    if list(times) != sorted(set(times)) or any(
        t.second or t.microsecond or t.tzinfo for t in times
    ):
        raise SubscriptionError("Times of day are whole minutes, each named once, ascending.")


def _check_names(names: tuple[str, ...], what: str) -> None:
    if len(names) > MAX_TOPICS:
        raise SubscriptionError(f"A subscription takes at most {MAX_TOPICS} {what}s.")
    for name in names:
        if len(name) > MAX_NAME:
            raise SubscriptionError(
                f"A {what} has at most {MAX_NAME} characters; this has {len(name)}."
            )
        if name != _tidy(name) or not re.search(r"\w", name) or name.casefold() in _EVERYTHING:
            raise SubscriptionError(f"“{name}” can't be a {what}; write words.")
    if len({name.casefold() for name in names}) < len(names):
        raise SubscriptionError(f"Each {what} is named once.")


def _split_sections(line: str) -> tuple[str, list[tuple[str, str]]]:
    """Split at section names outside quotation marks."""
    masked = _QUOTED.sub(lambda quoted: "\0" * len(quoted[0]), line)
    starts = list(_SECTION.finditer(masked))
    head = line[: starts[0].start()] if starts else line
    ends = [match.start() for match in starts][1:] + [len(line)] * bool(starts)
    sections = [
        (match[1].lower(), line[match.end() : end].strip().rstrip(";").strip())
        for match, end in zip(starts, ends, strict=True)
    ]
    return head, sections


def _read_head(head: str, base: Subscription, zone_of: Callable[[str], str]) -> Subscription:
    times: set[time] = set()
    days: set[int] = set()
    weekly = False
    flags: dict[str, bool] = {}
    place: list[str] = []
    for word in _words(head):
        plain = word.casefold()
        if (moment := _read_time(plain)) is not None:
            times.add(moment)
        elif read := _read_days(plain):
            days |= read
        elif plain == "weekly":
            weekly = True
        elif plain in _FLAGS:
            flags |= _FLAGS[plain]
        elif plain not in _NOISE:
            place.append(word)
    if weekly and len(days) > 1:
        raise SubscriptionError("A weekly digest comes on one day; name one, such as “weekly mon”.")
    if weekly and not days:
        days = {0}
    return replace(
        base,
        times=tuple(sorted(times)) or base.times,
        weekdays=frozenset(days) or base.weekdays,
        zone=zone_of(" ".join(place)) if place else base.zone,
        always=flags.get("always", base.always),
        quiet=flags.get("quiet", base.quiet),
    )


def _words(text: str) -> list[str]:
    """Split into words, a number and its am or pm kept together."""
    text = re.sub(r"(?<=\d)\s+(?=[ap]\.?m\b)", "", text, flags=re.IGNORECASE)
    return re.sub(r"[,;\s]+", " ", text).split()


def _read_time(word: str) -> time | None:
    """Read ``07:30``, ``7.30pm`` or ``7am``; None where the word is no time at all."""
    match = _TIME.fullmatch(word.casefold())
    if match is None or (match[2] is None and match[3] is None):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= _NOON:
            raise SubscriptionError(f"There is no {word}; write a time such as 07:30.")
        hour = hour % _NOON + (_NOON if match[3] == "pm" else 0)
    try:
        return time(hour, minute)
    except ValueError:
        raise SubscriptionError(f"There is no {word}; write a time such as 07:30.") from None


def _read_days(word: str) -> set[int]:
    if word in _DAY_SETS:
        return set(_DAY_SETS[word])
    if (day := _read_day(word)) is not None:
        return {day}
    span = _DAY_RANGE.fullmatch(word)
    first, last = (_read_day(span[1]), _read_day(span[2])) if span else (None, None)
    if first is None or last is None:
        return set()
    return {day % 7 for day in range(first, last + (8 if last < first else 1))}


def _read_day(word: str) -> int | None:
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for day, (short, name) in enumerate(zip(DAY_NAMES, full, strict=True)):
        if word.startswith(short) and f"{name}s".startswith(word):
            return day
    return None


def _read_date(text: str) -> date | None:
    word = text.casefold().removeprefix("until").strip()
    if not word or word in _EVERYTHING:
        return None
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise SubscriptionError(
            f"“{text[:MAX_NAME]}” is no date; write one such as 2025-05-01, or none."
        ) from None


def _read_names(text: str) -> tuple[str, ...]:
    try:
        rows = list(csv.reader([_one_line(text)], skipinitialspace=True, strict=True))
    except csv.Error:
        raise SubscriptionError(
            "A quotation mark is not closed; close it or leave it out."
        ) from None
    names = [_tidy(name) for row in rows for name in row]
    by_fold = {name.casefold(): name for name in reversed(names) if name}
    if set(by_fold) <= _EVERYTHING:
        return ()
    return tuple(name for name in names if by_fold.get(name.casefold()) is name)


def _write_names(names: tuple[str, ...]) -> str:
    if any(_NEEDS_QUOTES.search(name) for name in names):
        return ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    return ", ".join(names) or "any"


def _tidy(name: str) -> str:
    """Return a name on one line without characters that can't be seen."""
    kept = (
        c if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} else " " for c in name
    )
    return " ".join("".join(kept).split())


def _one_line(text: str) -> str:
    return re.sub(r"[\r\n\0]+", " ", text)
