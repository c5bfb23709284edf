"""The source page served on a thread of its own, over reports written for the tests."""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from bot.signed_links import Signer, SourceLinks
from bot.texts import load_texts
from bot.web import SourcePages, app_for, listening
from bot.web_pages import Pages
from index.model import BlockKind, Endnote, Span
from tests.fakes.chat import SetClock
from tests.fakes.reports import FakeReports, make_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.model import Report

# Root needs no sandbox here, and nothing but loopback is asked for.
BROWSER_ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
KEY: Final = b"a key that only the tests know, long enough"
VALID: Final = timedelta(days=30)
NOW: Final = datetime(2025, 4, 10, 8, 0, tzinfo=UTC)
ATTACK: Final = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
)


def long_report(paragraphs: int = 205, notes: int = 180) -> Report:
    """Build a report of about 60 printed pages, every third sentence with a note."""
    body = [(BlockKind.HEADING, "Harbour assessment of the long week, April 7, 2025")]
    body.append((BlockKind.BYLINE, "By the coastal desk of the Harbour Institute"))
    body.append((BlockKind.BOILERPLATE, "The desk publishes on every working day."))
    body.append((BlockKind.HEADING, "Key Takeaways"))
    body += [
        (BlockKind.TAKEAWAY, f"Convoy {n} reached the northern terminal later than it was planned.")
        for n in range(1, 9)
    ]
    label = 0
    for n in range(1, paragraphs + 1):
        if n % 20 == 1:
            body.append((BlockKind.HEADING, f"Sector {n // 20 + 1}: roads, ports and depots"))
        sentences = []
        for m in range(1, 5):
            sentence = (
                f"Observers in sector {n} counted {n * 7 + m} lorries on the coastal road, fewer "
                f"than the harbour office had announced for that day of the month."
            )
            if m % 3 == 1 and label < notes:
                label += 1
                sentence += f" [{label}]"
            sentences.append(sentence)
        body.append((BlockKind.PARAGRAPH, " ".join(sentences)))
    return make_report(
        "hi-long",
        *body,
        published=date(2025, 4, 7),
        title="Harbour assessment of the long week, April 7, 2025",
        url="https://harbour.example/assessments/long",
        endnotes=[
            Endnote(
                label=str(n),
                text=f"Harbour office, bulletin {n}: https://harbour.example/bulletins/{n}...",
                urls=(f"https://harbour.example/bulletins/{n}-of-the-coastal-road",),
            )
            for n in range(1, notes)  # the last one is missing
        ],
    )


def hostile_report() -> Report:
    """Build a report whose every part holds markup, bad addresses and endless words."""
    return make_report(
        "hi-hostile",
        (BlockKind.HEADING, f"Heading {ATTACK}"),
        (BlockKind.TAKEAWAY, f"Takeaway {ATTACK}"),
        (BlockKind.PARAGRAPH, f"Before. The cited words {ATTACK} go on. [1] After </mark></main>."),
        (BlockKind.LIST_ITEM, "item" * 200),
        published=date(2025, 4, 6),
        publisher=f"Publisher {ATTACK}",
        publisher_confirmed=False,
        title=f"Title {ATTACK} {'w' * 300}",
        url="javascript:document.title='taken'",
        endnotes=[
            Endnote(
                label="1",
                text=f"Note {ATTACK}",
                urls=("javascript:alert(1)", "https://news.example/\"onmouseover='x'"),
            )
        ],
    )


@dataclass
class Site:
    """Where the pages are served, and what makes links to them."""

    url: str
    reports: FakeReports
    signer: Signer
    links: SourceLinks
    clock: SetClock = field(default_factory=SetClock)

    def cite(self, report_id: str, words: str) -> str:
        """Return the link to words of a report's newest revision."""
        report = self.reports.report(report_id)
        start = report.text.index(words)
        from bot.signed_links import ReportPage

        span = Span(start=start, end=start + len(words))
        return self.links.to(ReportPage(report_id=report_id, revision=report.revision, span=span))


@contextmanager
def site() -> Iterator[Site]:
    """Serve the fake reports, a long one and a hostile one until the block ends."""
    reports, clock, signer = FakeReports(), SetClock(NOW), Signer(KEY)
    reports.add(long_report())
    reports.add(hostile_report())
    pages = Pages(load_texts())
    app = app_for(SourcePages(reports, signer, pages, clock), pages)
    ports: list[int] = []
    ready, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        async with listening(app, host="127.0.0.1", port=0) as port:
            ports.append(port)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20)
        url = f"http://127.0.0.1:{ports[0]}"
        links = SourceLinks(signer, url, valid=VALID, clock=clock)
        yield Site(url=url, reports=reports, signer=signer, links=links, clock=clock)
    finally:
        stop.set()
        thread.join(20)
