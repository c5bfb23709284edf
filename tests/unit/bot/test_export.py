"""Citations as files: read back by other programs, hostile text included."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.dialogue import Request
from bot.export import Citation, Format, written
from bot.export_commands import ExportCommands
from bot.markup import Html, text_of
from index.model import Footnote, Quote
from tests.fakes.chat import ALICE, BOB, PEACEKEEPERS, Bench

if TYPE_CHECKING:
    from bot.dialogue import Reply

DAY: Final = date(2025, 4, 9)
QUESTION: Final = "What stopped the ferries?"
NOTES: Final = (
    Footnote(
        label="7",
        text="Harbour log, p. 3",
        urls=("https://log.example/a_b?x=1&y=2",),
        status="resolved",
        scope="sentence",
    ),
    Footnote(label="xii", text="", urls=(), status="missing", scope="paragraph"),
)
HOSTILE: Final = [
    "}",
    "{{\\",
    "100% & $5 #1 a_b ~ ^ \\input{x}",
    "x\nER  - \nTY  - JOUR",
    "<script>alert(1)</script> [x](javascript:y) *b* `c`",
    "# not a heading",
    "1. no list",
    "Київ “quoted” ünï",
    "@techreport{x, title = {y}}",
]


def citation(text: str = "Ferries rest. [7]", **values: object) -> Citation:
    quote = Quote(
        start=100,
        end=100 + len(text),
        text=text,
        report_id="abc",
        revision=2,
        publisher="Harbour Institute for Security Studies",
        title="Evening assessment",
        published=DAY,
        url="https://harbour.example/a",
        score=1.0,
        footnotes=NOTES,
    )
    return Citation(
        quote=replace(quote, **values),  # type: ignore[arg-type]
        authors=("Ann Lee", "Bo Chan"),
        section="Talks",
        paragraph=4,
    )


def file(form: Format, *cited: Citation) -> str:
    return written(form, QUESTION, DAY, cited or (citation(),)).decode()


def bibtex(*cited: Citation) -> list[dict[str, str]]:
    library = parse_string(file(Format.BIBTEX, *cited))
    assert not library.failed_blocks
    return [{field.key: field.value for field in one.fields} for one in library.entries]


def test_footnotes_in_the_manner_of_chicago() -> None:
    assert file(Format.FOOTNOTES).splitlines()[4:] == [
        (
            "1. Ann Lee and Bo Chan, “Evening assessment,” Harbour Institute for Security Studies,"
            " April 9, 2025, https://harbour.example/a."
        ),
        "   “Ferries rest. [7]”",
        (
            "   section “Talks”, paragraph 4; report abc, revision 2, characters 100\N{EN DASH}117;"
            f" sha256 {hashlib.sha256(b'Ferries rest. [7]').hexdigest()}."
        ),
        "   [7] Harbour log, p. 3 https://log.example/a_b?x=1&y=2",
        "   [xii] this copy of the report lacks this note",
    ]


@pytest.mark.parametrize("form", Format)
def test_every_format_has_the_quote_its_place_its_hash_and_its_notes(form: Format) -> None:
    one = citation("Ferries rest")
    text = file(form, one).replace("\\", "")
    parts = ["Ferries rest", "Evening assessment", "Harbour Institute", "2025"]
    parts += [
        "https://harbour.example/a",
        "characters 100\N{EN DASH}112",
        one.hash,
        "https://log.example/a_b?x=1&y=2",
        "7",
    ]
    assert [part for part in parts if part not in text] == []


def test_what_is_unknown_is_left_out_or_named() -> None:
    one = replace(citation(publisher=None, title=None, published=None, url=None), authors=())
    first = file(Format.FOOTNOTES, one).splitlines()[4]
    assert first == "1. Unknown publisher, “Untitled report,” n.d.."
    (entry,) = bibtex(one)
    assert "year" not in entry
    assert "url" not in entry
    (record,) = rispy.loads(file(Format.RIS, one))
    assert "urls" not in record


def test_bibtex_is_read_back() -> None:
    (entry,) = bibtex(citation())
    assert entry["author"] == "Ann Lee and Bo Chan"
    assert (entry["year"], entry["month"], entry["day"]) == ("2025", "apr", "9")
    assert entry["url"] == "https://harbour.example/a"
    (corporate,) = bibtex(replace(citation(), authors=()))
    assert corporate["author"] == "{Harbour Institute for Security Studies}"


def test_ris_is_read_back() -> None:
    (record,) = rispy.loads(file(Format.RIS))
    assert record["authors"] == ["Ann Lee", "Bo Chan"]
    assert record["date"] == "2025/04/09"
    assert record["abstract"] == "Ferries rest. [7]"
    assert record["urls"] == ["https://harbour.example/a"]
    assert len(record["notes"]) == 3


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    one = replace(citation(text, title=text, publisher=text), authors=(text,), section=text)
    two = citation()
    assert len(bibtex(one, two)) == 2
    entry = bibtex(one, two)[0]
    assert not re.search(r"(?<!\\)[%&$#_~^]", re.sub(r"\{\\\w+\}", "", entry["title"]))
    records = rispy.loads(file(Format.RIS, one, two))
    assert [one["id"] for one in records] == ["abc-1", "abc-2"]
    assert records[0]["title"] == " ".join(text.split())
    page = MarkdownIt("commonmark", {"html": True}).render(file(Format.MARKDOWN, one, two))
    assert "<script" not in page
    assert "javascript:y" not in re.findall('href="([^"]*)"', page)
    assert page.count("<h1>") == 1
    assert page.count("<h2>") == 2
    assert "<ol>" not in page


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_gives_as_many_records_as_quotes(text: str) -> None:
    one = replace(citation(text, title=text, url=f"https://x.example/{text}"), authors=(text,))
    assert len(bibtex(one, citation())) == 2
    assert len(rispy.loads(file(Format.RIS, one, citation()))) == 2
    assert text in written(Format.FOOTNOTES, text, DAY, [one]).decode()


class Desk:
    """A person who asked something and exports it."""

    def __init__(self) -> None:
        self.bench = Bench()
        self.commands = ExportCommands(
            self.bench.conversation, self.bench.store, self.bench.reports, self.bench.texts
        )

    def export(self, text: str = "") -> Reply:
        return self.commands.export(Request(asker=ALICE, text=text))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.bench.conversation.ask(ALICE, PEACEKEEPERS)
    return desk


def said(reply: Reply) -> str:
    return text_of(Html(reply.messages[0].html))


def test_the_last_answer_in_the_format_named(desk: Desk) -> None:
    (message,) = desk.export("BibTeX").messages
    assert message.attachment is not None
    assert message.attachment.name == "citations-2025-04-10-bibtex.bib"
    assert message.attachment.kind == "document"
    assert text_of(Html(message.html)).startswith("1 citation")
    content = message.attachment.content.decode()
    assert f"% Citations for: {PEACEKEEPERS}" in content
    turn = desk.bench.store.last(ALICE)
    assert turn is not None
    for quote in turn.answer.quotes:
        assert hashlib.sha256(quote.text.encode()).hexdigest() in content


def test_without_a_format_there_is_a_choice_of_all(desk: Desk) -> None:
    (message,) = desk.export().messages
    keys = [button for row in message.keyboard for button in row]
    assert len(keys) == len(Format)
    for key, form in zip(keys, Format, strict=True):
        assert key.data is not None
        pressed = desk.commands.press(Request(asker=ALICE, text=key.data.partition(":")[2]))
        (sent,) = pressed.messages
        assert sent.attachment is not None
        assert sent.attachment.name.endswith(form.suffix)
        assert not pressed.edit


def test_what_can_not_be_exported_is_said(desk: Desk) -> None:
    assert "I can write footnotes, markdown, bibtex, ris" in said(desk.export("pdf"))
    nobody = desk.commands.export(Request(asker=BOB, text=""))
    assert said(nobody).startswith("There is no answer here yet")
    desk.bench.conversation.ask(ALICE, "Who won the chess tournament?")
    assert "no quotes" in said(desk.export())
    assert "no quotes" in said(desk.export("ris"))
    assert "no longer keep" in (desk.commands.press(Request(asker=ALICE, text="gone")).toast or "")
    elsewhere = desk.commands.press(Request(asker=BOB, text="a1:ris"))
    assert "another chat" in (elsewhere.toast or "")
