"""/status: how digests on their way stand, for those who operate the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.deliveries import State
from bot.dialogue import Command, Reply, Request
from bot.markup import bold, join
from bot.model import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.delivery_store import DeliveryStore
    from bot.markup import Html
    from bot.subscription_render import SubscriptionWords
    from index.ports import Clock


class DeliveryStatus:
    """A handler for ``bot.dialogue``; it blocks: run it off the event loop.

    Args:
        operators: ids of the people it answers, in their private chats alone.
        more: what else to say, a line each.
    """

    def __init__(
        self,
        deliveries: DeliveryStore,
        about: SubscriptionWords,
        clock: Clock,
        operators: Iterable[int],
        more: Callable[[], Iterable[Html]] = tuple,
    ) -> None:
        self._deliveries = deliveries
        self._about = about
        self._words = about.texts
        self._clock = clock
        self._operators = frozenset(operators)
        self._more = more

    @property
    def command(self) -> Command:
        """The command; it is for few people and in no menu."""
        return Command(name="status", about="", run=self.say)

    def say(self, request: Request) -> Reply:
        """Say how deliveries and subscriptions stand, what is oldest and what went wrong."""
        asker = request.asker
        if asker.person not in self._operators:
            html = self._words("status.operators")
        elif asker.place.chat_id != asker.person:
            html = self._words("status.private")
        else:
            html = join([*self._lines(), *self._more()], "\n")
        return Reply(messages=(Message(html=html),))

    def _lines(self) -> Iterator[Html]:
        overview, words, now = self._deliveries.overview(), self._words, self._clock.now()
        yield bold(words("status.heading"))
        for state in State:
            since = overview.oldest.get(state)
            age = "" if since is None else words("status.oldest", age=self._about.age(now - since))
            yield join([words("status.state", state=state, n=overview.states[state]), age], ", ")
        yield words("status.repeats", n=overview.repeats)
        for one in overview.problems:
            yield words("status.problem", state=one.state, n=one.count, reason=one.reason)
        yield words("status.active", n=overview.active)
        for reason, n in sorted(overview.ended.items()):
            yield words("status.ended", reason=reason, n=n)
