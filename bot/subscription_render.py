"""Subscriptions in words: what a subscriber has asked for and when the next edition comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.markup import Html, bold, code, join
from bot.subscriptions import EVERY_DAY, WEEKEND, WORK_DAYS, render
from bot.zones import zone_info

if TYPE_CHECKING:
    from datetime import datetime, time, timedelta

    from bot.deliveries import Subscriber
    from bot.subscriptions import Subscription
    from bot.texts import Texts


_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


class SubscriptionWords:
    """Words subscriptions with the texts of a catalogue."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def summary(self, subscriber: Subscriber, now: datetime) -> Html:
        """Say all that a place has asked for, a line each, and when it comes next."""
        wanted, words = subscriber.wanted, self.texts
        here = zone_info(wanted.zone)
        lines = [
            bold(words("subscribed.heading")),
            words("subscribed.times", times=", ".join(map(clock_time, wanted.times))),
            words("subscribed.days", days=self.days(wanted.weekdays)),
            words("subscribed.zone", zone=wanted.zone, now=f"{now.astimezone(here):%H:%M}"),
            words("subscribed.publishers", publishers=self._names(wanted.publishers)),
            words("subscribed.topics", topics=self._names(wanted.topics)),
            words("subscribed.always", yes=self.yes(wanted.always)),
            words("subscribed.quiet", yes=self.yes(wanted.quiet)),
        ]
        if self._is_paused(wanted, now) and wanted.paused_until is not None:
            lines.append(words("subscribed.paused", day=self.texts.day(wanted.paused_until)))
        lines.append(self.coming(subscriber))
        return join(lines, "\n")

    def coming(self, subscriber: Subscriber) -> Html:
        """Say when the next edition comes, in the subscriber's own time."""
        if subscriber.next_due is None:
            return self.texts("subscribed.none")
        return self.texts("subscribed.next", moment=self.moment(subscriber))

    def moment(self, subscriber: Subscriber) -> str:
        """Return the day and time of the next edition, in the subscriber's own time."""
        if subscriber.next_due is None:
            return self.texts.plain("subscribed.any")
        local = subscriber.next_due.astimezone(zone_info(subscriber.wanted.zone))
        return f"{self.texts.day(local.date())}, {local:%H:%M}"

    def line(self, wanted: Subscription) -> Html:
        """Show the one line that says all of it."""
        return self.texts("subscribed.line", line=code(f"/subscribe {render(wanted)}"))

    def days(self, weekdays: frozenset[int]) -> str:
        """Name days of the week."""
        for key, days in (("daily", EVERY_DAY), ("weekdays", WORK_DAYS), ("weekends", WEEKEND)):
            if weekdays == days:
                return self.texts.plain(f"days.{key}")
        return ", ".join(self.day(day) for day in sorted(weekdays))

    def day(self, day: int) -> str:
        """Name one day of the week; Monday is 0."""
        return self.texts.plain("days.names").split()[day]

    def age(self, age: timedelta) -> str:
        """Return an age in its largest whole unit."""
        seconds = int(age.total_seconds())
        for unit, size in _UNITS:
            if seconds >= size:
                return self.texts.plain(f"age.{unit}", n=seconds // size)
        return self.texts.plain("age.s", n=seconds)

    def yes(self, answer: bool) -> str:  # noqa: FBT001  (it is the answer)
        """Return yes or no."""
        return self.texts.plain("subscribed.yes" if answer else "subscribed.no")

    def _names(self, names: tuple[str, ...]) -> str:
        return ", ".join(names) or self.texts.plain("subscribed.any")

    def _is_paused(self, wanted: Subscription, now: datetime) -> bool:
        today = now.astimezone(zone_info(wanted.zone)).date()
        return wanted.paused_until is not None and wanted.paused_until > today


def clock_time(at: time) -> str:
    """Write a time of day."""
    return f"{at:%H:%M}"
