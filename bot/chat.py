"""The conversation as a dialogue, the commands and buttons of other parts beside its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.dialogue import Action, Command, Dialogue, Reply, Request
from bot.views import NoticeView, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.model import Message
    from bot.render import Renderer
    from bot.service import Conversation
    from bot.texts import Texts
    from bot.views import Asker

_TOAST_CHARACTERS = 200


class Chat:
    """The conversation's handlers.

    Args:
        also_forget: erases what else is stored of a person and tells whether there was anything.
        greet: what else to say to who writes /start.
    """

    def __init__(
        self,
        conversation: Conversation,
        renderer: Renderer,
        texts: Texts,
        also_forget: Sequence[Callable[[int], bool]] = (),
        greet: Callable[[Asker], tuple[Message, ...]] = lambda _: (),
    ) -> None:
        self._conversation = conversation
        self._renderer = renderer
        self._texts = texts
        self._also_forget = also_forget
        self._greet = greet

    def dialogue(
        self, commands: Sequence[Command] = (), actions: Sequence[Action] = ()
    ) -> Dialogue:
        """Return the whole dialogue, the commands and buttons of other parts included."""
        own = (
            self._command("ask", self._ask),
            self._command("footnotes", self._footnotes),
            self._command("context", self._context),
            self._command("latest", lambda _: self._said(self._conversation.latest())),
            *commands,
            self._command("sources", lambda _: self._said(self._conversation.sources())),
            self._command("help", lambda _: self._help(dialogue)),
            Command(name="start", about="", run=lambda request: self._start(request, dialogue)),
            self._command("forget", self._forget),
        )
        dialogue = Dialogue(
            own,
            (
                Action(name="a", run=self._press_answer),
                Action(name="f", run=self._press_footnotes),
                Action(name="c", run=self._press_context),
                *actions,
            ),
            question=self._question,
            unknown_command=self._unknown_command,
            unknown_action=lambda _: self._shown(NoticeView(key="notice.old_button")),
        )
        return dialogue

    def _command(self, name: str, run: Callable[[Request], Reply]) -> Command:
        return Command(name=name, about=self._texts.plain(f"command.{name}"), run=run)

    def _question(self, request: Request) -> Reply:
        return self._said(self._conversation.ask(request.asker, request.text))

    def _ask(self, request: Request) -> Reply:
        if not request.text:
            return self._said(NoticeView(key="notice.ask_what"))
        return self._question(request)

    def _footnotes(self, request: Request) -> Reply:
        if request.text and not _is_number(request.text):
            return self._which_quote("footnotes")
        number = int(request.text) if request.text else None
        return self._said(self._conversation.footnotes(request.asker, number=number))

    def _context(self, request: Request) -> Reply:
        if request.text and not _is_number(request.text):
            return self._which_quote("context")
        number = int(request.text or "1")
        return self._said(self._conversation.context(request.asker, number=number))

    def _which_quote(self, command: str) -> Reply:
        return self._said(NoticeView(key="notice.which_quote", values={"command": command}))

    def _start(self, request: Request, dialogue: Dialogue) -> Reply:
        helped = self._help(dialogue)
        return replace(helped, messages=(*self._greet(request.asker), *helped.messages))

    def _help(self, dialogue: Dialogue) -> Reply:
        return self._said(self._conversation.help(dialogue.menu))

    def _forget(self, request: Request) -> Reply:
        turns = self._conversation.forget(request.asker)
        others = [forget(request.asker.person) for forget in self._also_forget]
        if not turns and not any(others):
            return self._said(NoticeView(key="notice.nothing_to_forget"))
        return self._said(NoticeView(key="notice.forgotten"))

    def _unknown_command(self, request: Request) -> Reply:
        return self._said(NoticeView(key="notice.unknown_command", values={"name": request.text}))

    def _press_answer(self, request: Request) -> Reply:
        reply = self._shown(self._conversation.answer(request.asker, request.text))
        # The buttons stand under an answer's last message; those before it are still there.
        return replace(reply, messages=reply.messages[-1:])

    def _press_footnotes(self, request: Request) -> Reply:
        answer_id, _, number = request.text.partition(":")
        which = int(number) if _is_number(number) else None
        return self._shown(self._conversation.footnotes(request.asker, answer_id, which))

    def _press_context(self, request: Request) -> Reply:
        answer_id, _, number = request.text.partition(":")
        which = int(number) if _is_number(number) else 1
        return self._shown(self._conversation.context(request.asker, answer_id, which))

    def _said(self, view: View) -> Reply:
        return Reply(messages=self._renderer.render(view))

    def _shown(self, view: View) -> Reply:
        """Return a view in the place of another, or a notice over the chat."""
        if isinstance(view, NoticeView):
            text = self._texts.plain(view.key, **view.values)
            return Reply(toast=text[:_TOAST_CHARACTERS])
        return Reply(messages=self._renderer.render(view), edit=True)


def _is_number(text: str) -> bool:
    """Tell whether text is a number short enough to mean a quote."""
    return text.isascii() and text.isdigit() and len(text) < 4  # noqa: PLR2004
