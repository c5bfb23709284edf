"""What people say about digests: /subscribe, /unsubscribe, /digest, /settings, and the buttons.

Handlers for ``bot.dialogue``; they block: run them off the event loop.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from bot.deliveries import UNSUBSCRIBED
from bot.dialogue import Action, Command, Reply, Request
from bot.digest_render import ACTION as EDITION_ACTION
from bot.markup import bold, join
from bot.model import Message
from bot.plan import Contents, Revision, Selection
from bot.settings_dialogue import ACTION as SETTINGS_ACTION
from bot.settings_dialogue import Press, SettingsScreens, chosen
from bot.subscriptions import Subscription, SubscriptionError, parse
from bot.zones import ZoneError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.deliveries import Subscriber
    from bot.digest_stores import Stores
    from bot.filling import Filler
    from bot.markup import Html
    from bot.passage_render import PassageRenderer
    from bot.ports import Reports
    from bot.subscription_render import SubscriptionWords
    from bot.views import Asker
    from index.ports import Clock

_QUOTED = 40
_TOAST = 200


class Permission(Protocol):
    """Who may change what a place gets."""

    def __call__(self, asker: Asker) -> bool:
        """Tell whether this person may; blocks."""
        ...


class DigestCommands:
    """The commands and buttons of digests.

    Args:
        filler: composes the editions that /digest shows.
        defaults: what a subscription is until more is said.
        may_change: asked in groups alone; in a private chat everyone may.
    """

    def __init__(
        self,
        stores: Stores,
        reports: Reports,
        filler: Filler,
        passages: PassageRenderer,
        about: SubscriptionWords,
        clock: Clock,
        *,
        defaults: Subscription,
        may_change: Permission,
    ) -> None:
        self._stores = stores
        self._reports = reports
        self._filler = filler
        self._passages = passages
        self._about = about
        self._words = about.texts
        self._clock = clock
        self._defaults = defaults
        self._may_change = may_change
        self._screens = SettingsScreens(about)

    @property
    def commands(self) -> tuple[Command, ...]:
        """The commands, in the order of the menu."""
        return (
            self._command("subscribe", self.subscribe),
            self._command("settings", self.settings),
            self._command("unsubscribe", self.unsubscribe),
            self._command("digest", self.digest),
        )

    @property
    def actions(self) -> tuple[Action, ...]:
        """The buttons."""
        return (
            Action(name=EDITION_ACTION, run=self.open),
            Action(name=SETTINGS_ACTION, run=self.press),
        )

    def subscribe(self, request: Request) -> Reply:
        """Subscribe, or change what is named of a subscription."""
        place, now = request.asker.place, self._clock.now()
        if not self._is_allowed(request.asker):
            return self._said("settings.admins")
        known = self._stores.subscribers.at(place)
        fresh = known is None or known.ended == UNSUBSCRIBED
        base = self._defaults if known is None else known.wanted
        try:
            wanted = parse(request.text, base)
            subscriber = self._save(request, wanted, now)
        except (SubscriptionError, ZoneError) as error:
            return Reply(messages=(Message(html=self._words_of(str(error))),))
        done = self._words("subscribed.done" if fresh else "subscribed.changed")
        guessed = known is None and wanted.zone == self._defaults.zone
        guess = self._words("subscribed.guess_zone", zone=wanted.zone) if guessed else ""
        summary = self._about.summary(subscriber, now)
        return _one(join([bold(done), summary, guess, self._about.line(wanted)], "\n\n"))

    def unsubscribe(self, request: Request) -> Reply:
        """End the subscription of this place."""
        if not self._is_allowed(request.asker):
            return self._said("settings.admins")
        now = self._clock.now()
        ended = self._stores.subscribers.unsubscribe(request.asker.place, now=now)
        return self._said("subscribed.removed" if ended else "subscribed.not_there")

    def settings(self, request: Request) -> Reply:
        """Show the settings, or that there are none."""
        known = self._stores.subscribers.at(request.asker.place)
        if known is None or known.ended == UNSUBSCRIBED:
            return self._said("subscribed.none")
        if known.ended is not None:
            return _one(self._words("subscribed.ended", reason=known.ended))
        return Reply(messages=(self._screen("home", known),))

    def press(self, request: Request) -> Reply:
        """Act on a button of the settings."""
        press, asker = Press.read(request.text), request.asker
        known = self._stores.subscribers.at(asker.place)
        if known is None or not known.is_active:
            return Reply(toast=self._words.plain("settings.gone"))
        if not press.choice:
            return Reply(messages=(self._screen(press.screen, known),), edit=True)
        if not self._is_allowed(asker):
            return Reply(toast=self._words.plain("settings.admins"))
        if press == Press(screen="unsubscribe", choice="yes"):
            self._stores.subscribers.unsubscribe(asker.place, now=self._clock.now())
            return Reply(messages=(Message(html=self._words("subscribed.removed")),), edit=True)
        return self._choose(request, press, known)

    def digest(self, request: Request) -> Reply:
        """Show the takeaways of a day, by default of the newest."""
        newest = self._reports.newest_day()
        if newest is None:
            return self._said("digest.none_stored")
        try:
            day = date.fromisoformat(request.text) if request.text else newest
        except ValueError:
            return _one(self._words("digest.bad_day", text=request.text[:_QUOTED]))
        messages = self.day(day)
        if not messages:
            texts = self._about.texts
            shown = {"day": texts.day(day), "newest": texts.day(newest)}
            return _one(self._words("digest.none_on_day", **shown))
        return Reply(messages=messages)

    def day(self, day: date) -> tuple[Message, ...]:
        """Return the messages of a day's digest; their buttons work from now on."""
        on_day = tuple(
            Revision(report_id=report.id, number=report.revision)
            for report in self._reports.reports()
            if report.published == day
        )
        if not on_day:
            return ()
        contents = Contents(selection=Selection(reports=on_day))
        number, empty = self._filler.edition_of(contents, self._clock.now())
        return () if empty else self._stores.editions.parts(number)

    def open(self, request: Request) -> Reply:
        """Show what is behind a button of an edition."""
        token, _, what = request.text.partition(":")
        stored = self._stores.editions.by_token(token)
        if stored is None:
            return Reply(toast=self._words.plain("passage.old"))
        number, edition = stored
        self._settle_doubt(number, request)
        messages = self._passages.behind(edition, what, self._reports)
        if not messages:
            return Reply(toast=self._words.plain("passage.elsewhere"))
        return Reply(messages=messages)

    def start(self, asker: Asker) -> tuple[Message, ...]:
        """Bring back the digests of a chat that had refused the bot and now talks to it again."""
        revived = self._stores.subscribers.revive(asker.place.chat_id, now=self._clock.now())
        return tuple(
            Message(html=self._words("subscribed.back", moment=self._about.moment(subscriber)))
            for subscriber in revived
            if subscriber.place == asker.place
        )

    def migrated(self, old: int, new: int) -> None:
        """Follow a group to its new id."""
        self._stores.subscribers.migrate(old, new, now=self._clock.now())

    def _choose(self, request: Request, press: Press, known: Subscriber) -> Reply:
        try:
            wanted = chosen(known.wanted, press, self._publishers())
            subscriber = self._save(request, wanted, self._clock.now())
        except SubscriptionError as error:
            key = f"settings.{error}"
            text = self._words.plain(key) if key in self._words.keys else str(error)
            return Reply(toast=text[:_TOAST])
        same = wanted == known.wanted
        toast = self._words.plain("settings.same" if same else "settings.saved")
        return Reply(messages=(self._screen(press.screen, subscriber),), edit=True, toast=toast)

    def _save(self, request: Request, wanted: Subscription, now: datetime) -> Subscriber:
        return self._stores.subscribers.subscribe(
            request.asker.place, wanted, now=now, head=self._head()
        )

    def _head(self) -> int:
        """Return the end of the change log."""
        reached = self._stores.subscribers.reached()
        arrivals = self._reports.arrivals(after=reached)
        return arrivals[-1].seq if arrivals else reached

    def _screen(self, name: str, subscriber: Subscriber) -> Message:
        return self._screens.screen(name, subscriber, self._clock.now(), self._publishers())

    def _publishers(self) -> Sequence[str]:
        return [name for name, _ in self._reports.corpus().publishers]

    def _is_allowed(self, asker: Asker) -> bool:
        return asker.place.chat_id > 0 or self._may_change(asker)

    def _settle_doubt(self, edition_id: int, request: Request) -> None:
        """Take a button that was pressed as evidence that its message had been accepted."""
        pressed = f"{EDITION_ACTION}:{request.text}"
        for n, part in enumerate(self._stores.editions.parts(edition_id)):
            if any(button.data == pressed for row in part.keyboard for button in row):
                self._stores.claims.confirm(
                    edition_id, request.asker.place, part=n, at=self._clock.now()
                )

    def _command(self, name: str, run: Callable[[Request], Reply]) -> Command:
        return Command(name=name, about=self._words.plain(f"command.{name}"), run=run)

    def _said(self, key: str) -> Reply:
        return _one(self._words(key))

    def _words_of(self, sentence: str) -> Html:
        return join([sentence])


def _one(html: Html) -> Reply:
    return Reply(messages=(Message(html=html),))
