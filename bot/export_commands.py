"""/export: the citations of an answer as a file, in one of several formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.dialogue import Action, Command, Reply, Request
from bot.export import Citation, Format, written
from bot.markup import text_of
from bot.model import Attachment, Button, Message
from bot.views import FootnotesView, NoticeView

if TYPE_CHECKING:
    from bot.markup import Html
    from bot.ports import Reports
    from bot.service import Conversation, ConversationStore
    from bot.texts import Texts
    from bot.views import Cited, View

NAME: Final = "x"


class ExportCommands:
    """Handlers for ``bot.dialogue``; they block: run them off the event loop."""

    def __init__(
        self,
        conversation: Conversation,
        turns: ConversationStore,
        reports: Reports,
        texts: Texts,
    ) -> None:
        self._conversation = conversation
        self._turns = turns
        self._reports = reports
        self._texts = texts

    @property
    def command(self) -> Command:
        """The command."""
        return Command(name="export", about=self._texts.plain("command.export"), run=self.export)

    @property
    def action(self) -> Action:
        """The buttons."""
        return Action(name=NAME, run=self.press)

    def export(self, request: Request) -> Reply:
        """Export the last answer here in the format named, or ask for one."""
        named = request.text.strip().casefold()
        if named and named not in set(Format):
            return _said(self._texts("export.which", formats=", ".join(Format)))
        view = self._conversation.footnotes(request.asker)
        if not isinstance(view, FootnotesView):
            return _said(self._notice(view))
        return self._file(view, Format(named)) if named else self._choice(view)

    def press(self, request: Request) -> Reply:
        """Ask which format, or send the file."""
        answer_id, _, named = request.text.partition(":")
        view = self._conversation.footnotes(request.asker, answer_id)
        if not isinstance(view, FootnotesView):
            return Reply(toast=text_of(self._notice(view)))
        return self._file(view, Format(named)) if named in set(Format) else self._choice(view)

    def _notice(self, view: View) -> Html:
        """Say why there are no quotes to export."""
        if isinstance(view, NoticeView):
            return self._texts(view.key, **view.values)
        return self._texts("notice.no_quotes")

    def _choice(self, view: FootnotesView) -> Reply:
        if view.related:
            return _said(self._texts("notice.no_quotes"))
        keys = [
            Button(label=self._texts.plain(f"export.{form.value}"), data=f"{NAME}:{view.id}:{form}")
            for form in Format
        ]
        return Reply(
            messages=(
                Message(
                    html=self._texts("export.ask"), keyboard=(tuple(keys[:2]), tuple(keys[2:]))
                ),
            )
        )

    def _file(self, view: FootnotesView, form: Format) -> Reply:
        turn = self._turns.turn(view.id)
        if view.related or turn is None:
            return _said(self._texts("notice.no_quotes"))
        cited = [self._citation(one) for _, one in view.cited]
        answer = turn.answer
        content = written(form, answer.question, answer.asked_on, cited)
        name = f"citations-{answer.asked_on}-{form.value}{form.suffix}"
        caption = self._texts(
            "export.caption",
            citations=self._texts.count("citations", len(cited)),
            form=self._texts.plain(f"export.{form.value}"),
        )
        return Reply(
            messages=(Message(html=caption, attachment=Attachment(name=name, content=content)),)
        )

    def _citation(self, cited: Cited) -> Citation:
        quote = cited.quote
        return Citation(
            quote=quote,
            authors=self._reports.report(quote.report_id, quote.revision).authors,
            section=cited.section,
            paragraph=cited.paragraph,
        )


def _said(html: Html) -> Reply:
    return Reply(messages=(Message(html=html),))
