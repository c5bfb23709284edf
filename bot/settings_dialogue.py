"""The settings of a digest as screens of buttons.

A button says what is to be, not what to change: pressed twice, or a year later, it asks for the
same. What a press means for a subscription is decided by ``chosen``, a pure function.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from bot.model import Button, Message
from bot.subscription_render import SubscriptionWords, clock_time
from bot.subscriptions import EVERY_DAY, WORK_DAYS, Subscription, SubscriptionError
from bot.zones import is_zone, zone_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.deliveries import Subscriber

ACTION = "st"
_TIMES = tuple(time(hour) for hour in (6, 7, 8, 9, 12, 15, 18, 20, 22))
_ZONES = (
    "Europe/Kyiv",
    "Europe/Warsaw",
    "Europe/Berlin",
    "Europe/Paris",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "UTC",
)
_PAUSES = (3, 7, 14, 30)
_SCREENS = ("time", "days", "zone", "publishers", "topics", "always", "sound", "pause")
_PUBLISHERS = 40
_LABEL = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button of these screens: which screen to show, and what was chosen on it ("" for nothing).

    Publishers and topics are named by ``tag``, their names don't fit a button.
    """

    screen: str
    choice: str

    @classmethod
    def read(cls, data: str) -> Press:
        """Read what follows the action's name."""
        screen, _, choice = data.partition(":")
        return cls(screen=screen, choice=choice)


def chosen(wanted: Subscription, press: Press, publishers: Sequence[str]) -> Subscription:
    """Return what is wanted after a press.

    Args:
        wanted: what is wanted now.
        press: with a choice.
        publishers: those there are to choose from.

    Raises:
        SubscriptionError: the choice can't be: its text is a key below ``settings``.
    """
    sign, rest = press.choice[:1], press.choice[1:]
    try:
        match press.screen:
            case "time":
                changed = replace(wanted, times=_times(wanted.times, sign, rest))
            case "days":
                changed = replace(wanted, weekdays=_days(wanted.weekdays, press.choice))
            case "zone" if is_zone(press.choice):
                changed = replace(wanted, zone=press.choice)
            case "publishers":
                names = _named(wanted.publishers, sign, rest, publishers)
                changed = replace(wanted, publishers=names)
            case "topics":
                changed = replace(wanted, topics=_named(wanted.topics, sign, rest, wanted.topics))
            case "always":
                changed = replace(wanted, always=press.choice == "1")
            case "sound":
                changed = replace(wanted, quiet=press.choice == "0")
            case "pause":
                until = None if press.choice == "none" else date.fromisoformat(press.choice)
                changed = replace(wanted, paused_until=until)
            case _:
                raise SubscriptionError("stale")
    except ValueError:
        raise SubscriptionError("stale") from None
    return changed


class SettingsScreens:
    """The screens."""

    def __init__(self, words: SubscriptionWords) -> None:
        self._about = words
        self._words = words.texts

    def screen(
        self, name: str, subscriber: Subscriber, now: datetime, publishers: Sequence[str]
    ) -> Message:
        """Return the screen of that name; any name that is none is the first screen."""
        wanted = subscriber.wanted
        if name not in {*_SCREENS, "unsubscribe"}:
            return self._home(subscriber, now)
        rows = {
            "time": lambda: self._time_rows(wanted),
            "days": lambda: self._day_rows(wanted),
            "zone": lambda: self._zone_rows(wanted),
            "publishers": lambda: self._publisher_rows(wanted, publishers),
            "topics": lambda: self._topic_rows(wanted),
            "always": lambda: [self._pair("always", wanted.always, "only_new", "even_empty")],
            "sound": lambda: [self._pair("sound", not wanted.quiet, "quiet", "loud")],
            "pause": lambda: self._pause_rows(wanted, now),
            "unsubscribe": lambda: [[self._button("really", "unsubscribe:yes")]],
        }[name]()
        ask = self._words(f"settings.ask_{name}")
        back = [self._button("back", "home")]
        return Message(html=ask, keyboard=tuple(tuple(row) for row in [*rows, back] if row))

    def _home(self, subscriber: Subscriber, now: datetime) -> Message:
        buttons = [self._button(name, name) for name in (*_SCREENS, "unsubscribe")]
        rows = tuple(tuple(buttons[n : n + 3]) for n in range(0, len(buttons), 3))
        return Message(html=self._about.summary(subscriber, now), keyboard=rows)

    def _time_rows(self, wanted: Subscription) -> list[list[Button]]:
        choices = sorted({*_TIMES, *wanted.times})
        return _by(
            4,
            (self._mark("time", clock_time(t), f"{t:%H%M}", on=t in wanted.times) for t in choices),
        )

    def _day_rows(self, wanted: Subscription) -> list[list[Button]]:
        days = [
            self._mark("days", self._about.day(day), str(day), on=day in wanted.weekdays)
            for day in sorted(EVERY_DAY)
        ]
        sets = [self._button("every_day", "days:all"), self._button("work_days", "days:work")]
        return [*_by(4, days), sets]

    def _zone_rows(self, wanted: Subscription) -> list[list[Button]]:
        zones = dict.fromkeys((wanted.zone, *_ZONES))
        return _by(2, (self._set(z, f"zone:{z}", on=z == wanted.zone) for z in zones))

    def _publisher_rows(self, wanted: Subscription, there: Sequence[str]) -> list[list[Button]]:
        names = list(dict.fromkeys((*wanted.publishers, *there)))[:_PUBLISHERS]
        return [
            [self._mark("publishers", name, tag(name), on=name in wanted.publishers)]
            for name in names
        ]

    def _topic_rows(self, wanted: Subscription) -> list[list[Button]]:
        removing = [
            Button(
                label=self._words.plain("settings.remove_topic", topic=topic)[:_LABEL],
                data=f"{ACTION}:topics:-{tag(topic)}",
            )
            for topic in wanted.topics
        ]
        return [*_by(2, removing), [self._button("no_topics", "topics:*")] if removing else []]

    def _pause_rows(self, wanted: Subscription, now: datetime) -> list[list[Button]]:
        today = now.astimezone(zone_info(wanted.zone)).date()
        ends = {n: today + timedelta(days=n) for n in _PAUSES}
        pauses = [
            self._set(
                self._words.plain("settings.pause_days", n=n),
                f"pause:{day.isoformat()}",
                on=day == wanted.paused_until,
            )
            for n, day in ends.items()
        ]
        none = self._words.plain("settings.no_pause")
        return [pauses, [self._set(none, "pause:none", on=wanted.paused_until is None)]]

    def _pair(self, screen: str, is_on: bool, off_key: str, on_key: str) -> list[Button]:  # noqa: FBT001
        off, on = (self._words.plain(f"settings.{key}") for key in (off_key, on_key))
        return [self._set(off, f"{screen}:0", on=not is_on), self._set(on, f"{screen}:1", on=is_on)]

    def _mark(self, screen: str, label: str, value: str, *, on: bool) -> Button:
        """Return a button that adds what isn't there and takes away what is."""
        return self._set(label, f"{screen}:{'-' if on else '+'}{value}", on=on)

    def _set(self, label: str, data: str, *, on: bool) -> Button:
        shown = self._words.plain("settings.on" if on else "settings.off", name=label)
        return Button(label=shown[:_LABEL], data=f"{ACTION}:{data}")

    def _button(self, key: str, data: str) -> Button:
        return Button(label=self._words.plain(f"settings.{key}"), data=f"{ACTION}:{data}")


def tag(name: str) -> str:
    """Return a short name for a long one: 12 hexadecimal digits."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _times(times: tuple[time, ...], sign: str, digits: str) -> tuple[time, ...]:
    at = time(int(digits[:2]), int(digits[2:]))
    left = {*times, at} if sign == "+" else {*times} - {at}
    if not left:
        raise SubscriptionError("last_time")
    return tuple(sorted(left))


def _days(weekdays: frozenset[int], choice: str) -> frozenset[int]:
    if choice in {"all", "work"}:
        return EVERY_DAY if choice == "all" else WORK_DAYS
    day = {int(choice[1:])}
    if not day <= EVERY_DAY:
        raise SubscriptionError("stale")
    left = weekdays | day if choice[:1] == "+" else weekdays - day
    if not left:
        raise SubscriptionError("last_day")
    return left


def _named(names: tuple[str, ...], sign: str, tagged: str, there: Iterable[str]) -> tuple[str, ...]:
    if sign == "*":
        return ()
    if sign == "-":
        return tuple(name for name in names if tag(name) != tagged)
    found = next((name for name in there if tag(name) == tagged), None)
    if found is None:
        raise SubscriptionError("stale")
    return names if found in names else (*names, found)


def _by(count: int, buttons: Iterable[Button]) -> list[list[Button]]:
    listed = list(buttons)
    return [listed[n : n + count] for n in range(0, len(listed), count)]
