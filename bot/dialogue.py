"""Commands, questions and buttons, each with the handler it was registered with.

Telegram and the terminal put the same dialogue before a person. Other parts of the bot add their
commands and buttons as values of the same kinds. Handlers block: run them off the event loop.
"""

from __future__ import annotations

import re
from collections.abc import Callable  # noqa: TC003  (a dataclass field's type)
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.model import Message
    from bot.views import Asker

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_ACTION_SEPARATOR = ":"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person sent: a question, what follows a command's name, or a button's data."""

    asker: Asker
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to do about it.

    Args:
        messages: to send, in order.
        edit: show the message in the place of the one whose button was pressed, if it is one.
        toast: plain text, at most 200 characters, shown over the chat when a button was pressed.
        alert: the toast stays until it is closed.
        later: looks for what the last message should become once it was sent; it blocks, and None
            means that the message stays as it is.
    """

    messages: tuple[Message, ...] = ()
    edit: bool = False
    toast: str | None = None
    alert: bool = True
    later: Callable[[], Message | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """``/name``; ``about`` is its line in the menu, and without one it is in no menu."""

    name: str
    about: str
    run: Callable[[Request], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Buttons whose data is ``name`` or starts with ``name:``; the request's text is the rest."""

    name: str
    run: Callable[[Request], Reply]


class Dialogue:
    """Hands what a person sends to the handler registered for it.

    Args:
        question: answers text that is no command.
        unknown_command: answers a command nobody registered; the request's text is its name.
        unknown_action: answers a button nobody registered.

    Raises:
        ValueError: two commands or two actions of one name.
    """

    def __init__(
        self,
        commands: Iterable[Command],
        actions: Iterable[Action],
        *,
        question: Callable[[Request], Reply],
        unknown_command: Callable[[Request], Reply],
        unknown_action: Callable[[Request], Reply],
    ) -> None:
        commands, actions = tuple(commands), tuple(actions)
        self._commands = {command.name: command for command in commands}
        self._actions = {action.name: action for action in actions}
        if len(self._commands) < len(commands) or len(self._actions) < len(actions):
            raise ValueError("two commands or two actions share a name")
        self._question = question
        self._unknown_command = unknown_command
        self._unknown_action = unknown_action

    @property
    def menu(self) -> tuple[tuple[str, str], ...]:
        """Names and lines of the commands that are in the menu."""
        return tuple((c.name, c.about) for c in self._commands.values() if c.about)

    def knows(self, name: str) -> bool:
        """Tell whether a command is registered."""
        return name.lower() in self._commands

    def hear(self, request: Request) -> Reply:
        """Reply to text."""
        written = command_of(request.text)
        if written is None:
            return self._question(request)
        name, _, rest = written
        command = self._commands.get(name.lower())
        if command is None:
            return self._unknown_command(Request(asker=request.asker, text=name))
        return command.run(Request(asker=request.asker, text=rest))

    def press(self, request: Request) -> Reply:
        """Reply to a button."""
        name, _, rest = request.text.partition(_ACTION_SEPARATOR)
        action = self._actions.get(name)
        if action is None:
            return self._unknown_action(request)
        return action.run(Request(asker=request.asker, text=rest))


def command_of(text: str) -> tuple[str, str | None, str] | None:
    """Read ``/name@bot rest`` as (name, bot or None, rest); None where text is no command."""
    match = _COMMAND.fullmatch(text.strip())
    return None if match is None else (match[1], match[2], (match[3] or "").strip())
