"""The conversation as a dialogue, the commands and buttons of other parts beside its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from bot.dialogue import Action, Command, Dialogue, Reply, Request
from bot.markup import Html, italic, pack
from bot.model import Message
from bot.views import AnswerView, NoticeView, View

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.render import Renderer
    from bot.service import Conversation
    from bot.texts import Texts
    from bot.views import Asker

_TOAST_CHARACTERS = 200


class Beneath(Protocol):
    """More buttons under an answer. Calls block."""

    def under(self, message: Message, answer_id: str) -> Message:
        """Return an answer's last message with more buttons."""
        ...

    def look_further(self, answer_id: str) -> bool:
        """Look for questions to go on with; tell whether ``under`` has more to show now."""
        ...

    def question(self, suggestion_id: str) -> str | None:
        """Return the question of a suggestion's button."""
        ...


class Chat:
    """The conversation's handlers.

    Args:
        also_forget: erases what else is stored of a person and tells whether there was anything.
        greet: what else to say to who writes /start.
        follow: opens what a link led to: what follows /start; None where it leads nowhere.
        beneath: puts more buttons under an answer.
        examples: questions for /help that the reports answer.
    """

    def __init__(
        self,
        conversation: Conversation,
        renderer: Renderer,
        texts: Texts,
        also_forget: Sequence[Callable[[int], bool]] = (),
        greet: Callable[[Asker], tuple[Message, ...]] = lambda _: (),
        follow: Callable[[Request], Reply | None] = lambda _: None,
        beneath: Beneath | None = None,
        examples: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._conversation = conversation
        self._renderer = renderer
        self._texts = texts
        self._also_forget = also_forget
        self._greet = greet
        self._follow = follow
        self._beneath = beneath
        self._examples = examples

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
                Action(name="s", run=self._press_suggestion),
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
        return self._answered(self._conversation.ask(request.asker, request.text))

    def _answered(self, view: View, asked: str | None = None) -> Reply:
        """Return an answer and what looks for more to put under it; ``asked`` is shown above."""
        found = self._renderer.render(view)
        if asked is not None:
            head = pack([italic(asked), Html(found[0].html)])
            keys = [()] * (len(head) - 1) + [found[0].keyboard]
            first = (Message(html=html, keyboard=key) for html, key in zip(head, keys, strict=True))
            found = (*first, *found[1:])
        if self._beneath is None or not isinstance(view, AnswerView):
            return Reply(messages=found)
        beneath, last = self._beneath, found[-1]

        def later() -> Message | None:
            return beneath.under(last, view.id) if beneath.look_further(view.id) else None

        return Reply(messages=(*found[:-1], beneath.under(last, view.id)), later=later)

    def _press_suggestion(self, request: Request) -> Reply:
        question = self._beneath and self._beneath.question(request.text)
        if not question:
            return self._shown(NoticeView(key="suggestion.gone"))
        return self._answered(self._conversation.ask(request.asker, question), question)

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
        if (opened := self._follow(request)) is not None:
            return opened
        helped = self._help(dialogue)
        return replace(helped, messages=(*self._greet(request.asker), *helped.messages))

    def _help(self, dialogue: Dialogue) -> Reply:
        view = self._conversation.help(dialogue.menu, self._examples())
        return self._said(view)

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
        last = reply.messages[-1:]
        if self._beneath is not None:
            last = tuple(self._beneath.under(message, request.text) for message in last)
        return replace(reply, messages=last)

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
