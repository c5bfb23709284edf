"""The way in: one document of any kind, read into the reports it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from index.errors import InputError
from index.parse.docx import read_docx
from index.parse.html import SHORT, read_html, read_whole, refuse_errors
from index.parse.mail import read_mail
from index.parse.markdown import read_markdown
from index.parse.masthead import pages
from index.parse.pdf import read_pdf
from index.parse.pieces import Page
from index.parse.report import report
from index.parse.sniff import Format, decoded, in_utf8, sniff
from index.parse.text import read_text

if TYPE_CHECKING:
    from index.model import Document, ParsedReport
    from index.parse.layouts import Layouts
    from index.parse.mail import Letter

_DEEPEST: Final = 3
_LINES_LOOKED_AT: Final = 3


def parse(document: Document, layouts: Layouts) -> list[ParsedReport]:
    """Return the reports ``document`` holds, at least one.

    Raises:
        InputError: it can't be read, and why.
    """
    found = [report(page, layouts.words) for page in _pages(document, layouts, depth=0)]
    for one in found:
        _refuse_errors(document, one, layouts)
    kept = [one for one in found if one.text]
    if not kept:
        raise InputError(f"{document.name} shows no text; check that it is the report itself.")
    return kept


def _pages(document: Document, layouts: Layouts, *, depth: int) -> list[Page]:
    found = sniff(document)
    if found is Format.PDF:
        page = read_pdf(document)
    elif found is Format.DOCX:
        page = read_docx(document)
    elif found is Format.MAIL:
        return _letter(document, layouts, depth=depth)
    elif found is Format.HTML:
        return [read_html(document, in_utf8(document), layouts)]
    elif found is Format.MARKDOWN:
        page = read_markdown(decoded(document), layouts)
    else:
        page = Page(pieces=read_text(decoded(document)))
    return pages(page.pieces, _published_at(page, document, layouts), layouts)


def _published_at(page: Page, document: Document, layouts: Layouts) -> Page:
    """Add what the address a file was fetched from says of it."""
    publisher = layouts.at(document.url)
    if publisher is not None and page.publisher is None:
        page = replace(page, publisher=publisher.name, confirmed=True)
    return page if page.url else replace(page, url=document.url)


def _letter(document: Document, layouts: Layouts, *, depth: int) -> list[Page]:
    if depth >= _DEEPEST:
        raise InputError(f"{document.name} holds e-mails inside e-mails; save the innermost alone.")
    letter = read_mail(document)
    found = _body(letter, layouts) if letter.body.content.strip() else []
    for attached in letter.attached:
        found += _pages(attached, layouts, depth=depth + 1)
    if not found:
        raise InputError(f"{document.name} has no text in it; save the newsletter itself.")
    return found


def _body(letter: Letter, layouts: Layouts) -> list[Page]:
    body = letter.body
    is_html = body.media_type == "text/html"
    if letter.saved_page:
        return [read_html(body, in_utf8(body), layouts)]
    pieces = read_whole(body, in_utf8(body)) if is_html else read_text(decoded(body))
    name, address = letter.sender
    publisher = layouts.at(f"mailto://{address}") or layouts.named(name)
    known = Page(
        pieces=[],
        title=letter.title,
        publisher=publisher.name if publisher else name or None,
        confirmed=publisher is not None,
        stamp=letter.stamp,
        url=body.url,
    )
    return pages(pieces, known, layouts)


def _refuse_errors(document: Document, one: ParsedReport, layouts: Layouts) -> None:
    """Refuse a text that says there is none."""
    if len(one.text) <= SHORT:
        lines = (block.of(one.text) for block in one.blocks[:_LINES_LOOKED_AT])
        refuse_errors(document, (one.title or "", *lines), layouts)
