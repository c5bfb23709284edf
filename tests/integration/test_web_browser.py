"""The source page as people see it: a real Chromium without a window, on loopback alone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from bot.signed_links import Grant, ReadingList, ReportPage
from tests.fakes.web import ATTACK, BROWSER_ARGUMENTS, NOW, VALID, site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.fakes.web import Site

CHROMIUM = shutil.which("chromium")
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1400, "height": 900}
CITED = "Antonov claimed that such peacekeepers would become a legitimate target. [2] [7]"
DEEP = "Observers in sector 200 counted 1403 lorries on the coastal road"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this machine")


@pytest.fixture(scope="module")
def served() -> Iterator[Site]:
    with site() as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


class Seen:
    """An open page, and everything it complained about or asked for."""

    def __init__(self, browser: Browser, size: dict[str, int], scheme: str) -> None:
        self.context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture(params=["light", "dark"])
def wide(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Seen]:
    seen = Seen(browser, WIDE, request.param)
    yield seen
    seen.context.close()


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Seen]:
    seen = Seen(browser, PHONE, request.param)
    yield seen
    seen.context.close()


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    one = Seen(browser, WIDE, "light")
    yield one
    one.context.close()


def serious(page: Page) -> list[tuple[str, str]]:
    """Return the serious and critical violations of accessibility rules, each with an element."""
    found: Any = Axe().run(page).response["violations"]
    return [
        (one["id"], one["nodes"][0]["html"])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def in_view(page: Page, selector: str) -> bool:
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return 0 <= box["y"] <= size["height"] - box["height"]


def overflows(page: Page) -> bool:
    width: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return width > 0


def test_the_cited_words_are_marked_and_in_view(served: Site, seen: Seen) -> None:
    seen.page.goto(served.cite("hi-long", DEEP))
    assert seen.page.locator("mark").all_text_contents() == [DEEP]
    assert seen.page.evaluate("scrollY") > 1000
    assert in_view(seen.page, "#cited")
    assert len(seen.requests) == 1
    assert seen.complaints == []


def test_markers_lead_to_their_notes_and_back(served: Site, seen: Seen) -> None:
    seen.page.goto(served.cite("hi-0409", CITED))
    assert "".join(seen.page.locator("mark").all_text_contents()) == CITED
    behind = seen.page.locator(".behind li").all_text_contents()
    assert [one.split()[0] for one in behind] == ["[2]", "[7]"]
    assert "no endnote 7" in behind[1]
    seen.page.locator("mark a", has_text="[2]").click()
    target = seen.page.locator("li:target")
    assert "radio.example" in (target.text_content() or "")
    assert in_view(seen.page, "li:target")
    target.get_by_role("link", name="Back to note 2").click()
    assert seen.page.locator("a:target").text_content() == "[2]"
    assert seen.complaints == []


def test_notes_stand_beside_the_text_or_below_it(
    served: Site, wide: Seen, browser: Browser
) -> None:
    address = served.cite("hi-0409", CITED)
    wide.page.goto(address)
    text, notes = (wide.page.locator(one).bounding_box() for one in ("main", "aside"))
    assert text is not None
    assert notes is not None
    assert notes["x"] >= text["x"] + text["width"]
    small = Seen(browser, PHONE, "light")
    small.page.goto(address)
    text, notes = (small.page.locator(one).bounding_box() for one in ("main", "aside"))
    assert text is not None
    assert notes is not None
    assert notes["y"] >= text["y"] + text["height"]
    small.context.close()


def addresses(served: Site) -> list[tuple[str, int]]:
    """Every kind of page with its status: cited, whole, older, hostile, listed, refused, gone."""
    return [
        (served.cite("hi-0409", CITED), 200),
        (served.cite("hi-long", DEEP), 200),
        (served.cite("hi-long", "The desk publishes"), 200),
        (served.cite("hi-0409", CITED).replace("#cited", "#note-2"), 200),
        (served.cite("hi-0409", CITED).replace("#cited", "#note-4"), 200),
        (served.cite("hi-hostile", ATTACK), 200),
        (served.links.to(ReportPage(report_id="ed-undated", revision=1)), 200),
        (served.links.to(ReportPage(report_id="hi-0408", revision=1)), 200),
        (served.links.reading_list(), 200),
        (served.url + "/read/forged.link", 403),
        (served.links.to(ReportPage(report_id="hi-none", revision=1)), 404),
    ]


def test_everybody_can_read_every_page(served: Site, wide: Seen, phone: Seen) -> None:
    for address, status in addresses(served):
        for seen in (wide, phone):
            seen.page.goto("about:blank")  # another fragment alone would load nothing
            answer = seen.page.goto(address)
            assert answer is not None
            assert answer.status == status
            assert serious(seen.page) == [], address
            assert not overflows(seen.page), address


def test_script_in_a_report_stays_text(served: Site, seen: Seen) -> None:
    seen.page.goto(served.cite("hi-hostile", ATTACK))
    seen.page.wait_for_timeout(100)
    assert seen.page.title().startswith("Title <script>")
    assert seen.page.locator("script, img").count() == 0
    assert seen.page.locator("mark").text_content() == ATTACK
    assert len(seen.requests) == 1
    assert seen.complaints == []
    seen.page.goto(served.links.reading_list())
    assert seen.page.locator("script, img").count() == 0
    assert seen.complaints == []


def test_the_keyboard_reaches_the_cited_words_first(served: Site, seen: Seen) -> None:
    seen.page.goto(served.cite("hi-long", DEEP).partition("#")[0])
    seen.page.keyboard.press("Tab")
    assert seen.page.locator(":focus").text_content() == "Skip to the cited words"
    assert in_view(seen.page, ":focus")
    seen.page.keyboard.press("Enter")
    assert in_view(seen.page, "#cited")


def test_the_list_leads_to_reports_and_pages(served: Site, seen: Seen) -> None:
    seen.page.goto(served.links.reading_list())
    days = seen.page.locator("h2").all_text_contents()
    assert days[0] == "9 Apr 2025"
    assert days[-1] == "undated"
    seen.page.get_by_role("link", name="Evening assessment, April 9, 2025").click()
    assert "Grain exports" in (seen.page.locator("main").text_content() or "")
    assert seen.complaints == []


def test_a_changed_report_says_so(served: Site, seen: Seen) -> None:
    seen.page.goto(served.links.to(ReportPage(report_id="hi-0408", revision=1)))
    assert "three hours" not in (seen.page.locator("main").text_content() or "")
    seen.page.get_by_role("link", name="Open the newest revision").click()
    assert "three hours" in (seen.page.locator("main").text_content() or "")


def test_an_expired_link_is_refused_kindly(served: Site, seen: Seen) -> None:
    token = served.signer.sign(Grant(target=ReadingList(), expires=NOW - VALID))
    answer = seen.page.goto(f"{served.url}/read/{token}")
    assert answer is not None
    assert answer.status == 403
    assert "expired" in (seen.page.locator("h1").text_content() or "")
    assert "ask the bot again" in (seen.page.locator("main").text_content() or "")


def test_a_printed_page_holds_everything(served: Site, seen: Seen) -> None:
    seen.page.goto(served.cite("hi-0409", CITED))
    seen.page.emulate_media(media="print")
    notes = seen.page.locator("aside")
    assert notes.evaluate("one => one.scrollHeight <= one.clientHeight + 1")
    assert seen.page.locator(".skip").is_hidden()
    assert seen.page.pdf()[:5] == b"%PDF-"
