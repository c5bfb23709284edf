"""Bad input of every kind, from the command line: said in a sentence, never a traceback."""

from __future__ import annotations

import gzip
import json
import socket
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.command_line import Ran, run, served_by
from tests.fakes.embedder import WordEmbedder
from tests.fakes.libraries import SAMPLES
from tests.fakes.site import PAGE, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD: Final = PAGE
FILES: Final = {
    "unknown.xyz": bytes(range(256)) * 20,
    "program.exe": b"MZ" + b"\0" * 400,
    "picture.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "archive.zip": b"PK\x03\x04" + b"\0" * 100,
    "archive.html": gzip.compress(b"<p>A page that was zipped.</p>"),
    "empty.html": b"",
    "blank.txt": b" \r\n\t\n ",
    "nul.txt": b"A report\x00 with half of its text\x00 in nul bytes.\n" * 20,
    "cut.pdf": b"%PDF-1.7\n1 0 obj\n<<",
    "broken.docx": b"PK\x03\x04 this is no document",
    "undecodable.txt": b"\x81\x8d\x8f\x90\x9d\xff\xfe\x00\x01" * 40,
    "data.json": b'{"no": "report"}',
    "error.html": b"<title>404 Not Found</title><body><h1>Not Found</h1></body>",
    "gateway.html": b"<title>502 Bad Gateway</title><h1>502 Bad Gateway</h1><hr>nginx",
    "no-text.html": b"<title>x</title><body><script>alert(1)</script></body>",
}


@pytest.fixture(autouse=True, scope="module")
def _cheap_model() -> Iterator[None]:
    yield from served_by(WordEmbedder())


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture
def open_site(site: str, tmp_path: Path) -> tuple[str, str]:
    """The site, and settings under which loopback may be fetched and pages are small."""
    config = tmp_path / "open.toml"
    config.write_text("[sources]\nprivate_addresses = true\nmost_bytes = 100_000\ntimeout = 2.0\n")
    return site, str(config)


def ingest(data: Path, *argv: str) -> tuple[Ran, list[dict[str, Any]]]:
    ran = run("ingest", "--json", "--data", str(data), *argv)
    assert "Traceback" not in ran.err
    files: list[dict[str, Any]] = ran.any_document["files"]
    return ran, files


def failed(files: list[dict[str, Any]], name: str) -> str:
    """Return why the input of a name failed."""
    (one,) = (one for one in files if one["input"].endswith(name))
    assert (one["status"], one["reports"]) == ("failed", []), one
    error: str = one["error"]
    return error


def test_files_that_are_no_reports_fail_alone(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in (FILES | {"good.html": GOOD}).items():
        (folder / name).write_bytes(content)
    ran, files = ingest(tmp_path / "data", str(folder))
    assert ran.code == 1
    for name in FILES:
        why = failed(files, name)
        assert name in why
        assert len(why.split()) > 4
    assert [one["status"] for one in files if one["input"].endswith("good.html")] == ["added"]
    stats = run("stats", "--json", "--data", str(tmp_path / "data")).document
    assert stats["reports"] == 1
    assert {one["input"] for one in stats["failed"]} == {str(folder / name) for name in FILES}
    assert run("stats", "--data", str(tmp_path / "data")).code == 0


def test_names_that_lead_nowhere_fail_alone(tmp_path: Path) -> None:
    (tmp_path / "good.html").write_bytes(GOOD)
    names = ["", "absent.html", "a" * 5_000, "nul\x00", "\udcff.html", str(tmp_path / "good.html")]
    ran, files = ingest(tmp_path / "data", *names)
    assert ran.code == 1
    assert [one["status"] for one in files] == ["failed"] * 5 + ["added"]


def test_a_file_that_is_too_large_is_named(tmp_path: Path) -> None:
    config = tmp_path / "small.toml"
    config.write_text("[sources]\nmost_bytes = 1_000\n")
    (tmp_path / "large.txt").write_text("words and words. " * 100)
    ran, files = ingest(tmp_path / "data", "--config", str(config), str(tmp_path / "large.txt"))
    assert ran.code == 1
    assert "sources.most_bytes" in failed(files, "large.txt")


def test_pages_that_cant_be_fetched_fail_alone(open_site: tuple[str, str], tmp_path: Path) -> None:
    site, config = open_site
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        closed = f"http://127.0.0.1:{probe.getsockname()[1]}/"
    bad = {
        closed: "no usable answer",
        f"{site}/absent": "404",
        f"{site}/broken": "503",
        f"{site}/loop": "redirected more than",
        f"{site}/endless": "sources.most_bytes",
        f"{site}/bomb": "sources.most_bytes",
        f"{site}/slow": "not finished",
        f"{site}/drops": "no usable answer",
        f"{site}/nonsense": "no usable answer",
        f"{site}/to?javascript:alert(1)": "address",
        f"{site}/to?file:///etc/passwd": "only http and https",
        "http://127.0.0.1:99999/": "99999",
    }
    ran, files = ingest(tmp_path / "data", "--config", config, *bad, f"{site}/page")
    assert ran.code == 1
    for address, why in bad.items():
        assert why in failed(files, address)
    assert files[-1]["status"] == "added"


def test_a_page_is_fetched_like_any_other_input(open_site: tuple[str, str], tmp_path: Path) -> None:
    site, config = open_site
    _, (first,) = ingest(tmp_path / "data", "--config", config, f"{site}/hops/2")
    assert first["status"] == "added"
    report = run("report", "--json", "--data", str(tmp_path / "data"), *first["reports"]).document
    assert "peacekeepers would not" in report["text"]
    _, (again,) = ingest(tmp_path / "data", "--config", config, f"{site}/hops/2")
    assert again["status"] == "unchanged"


def test_private_addresses_are_refused_unless_they_are_meant(site: str, tmp_path: Path) -> None:
    for address in (
        f"{site}/page",
        "http://localhost/",
        "http://[::1]/",
        "http://169.254.169.254/",
    ):
        ran, files = ingest(tmp_path / "data", address)
        assert ran.code == 1
        assert "sources.private_addresses" in failed(files, address)


# --- questions ---


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("questions") / "data"
    assert run("ingest", "--data", str(folder), str(SAMPLES)).code == 0
    return folder


QUESTIONS: Final = [
    "",
    " \t\n ",
    "?",
    "🙂",
    "a" * 100_000,
    "peacekeepers " * 20_000,
    "\u202e\u2066peacekeepers",
    "\x00",
    "peace\x00keepers",
    "\udcff peacekeepers",
    "<b>peacekeepers</b> & <script>alert(1)</script>",
    "peacekeepers AND (drones OR",
    "text:peacekeepers^9 -aid",
    "'; DROP TABLE reports; --",
    "миротворцы",
    "和平",
    "e\u0301" * 500,
    "\u0661\u0662 أبريل",
    "[7]",
    "April 99 2025",
    "9999-12-31",
    "0000-00-00",
    "in the year 99999999999999999999",
    "{}{question}%s%n",
]


def test_any_question_has_an_answer_or_a_refusal(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    lines = [
        json.dumps(
            {"id": number, "question": question, "asked_on": asked_on, "history": [question]}
        )
        for number, question in enumerate(QUESTIONS)
        for asked_on in ("2025-04-14", "0001-01-01", "9999-12-31")
    ]
    file.write_text("\n".join(lines))
    ran = run("ask", "--data", str(data), "--batch", str(file))
    assert ran.code == 0
    assert len(ran.lines) == len(lines)
    assert {one["status"] for one in ran.lines} <= {"answered", "not_found"}
    ranked = run("passages", "--data", str(data), "--top", "2", "--batch", str(file))
    assert ranked.code == 0
    assert {len(one["passages"]) for one in ranked.lines} <= {0, 1, 2}


@pytest.mark.parametrize("question", ["", "\udcff", "peacekeepers " * 20_000, "<b>&", "和平"])
def test_any_question_may_be_asked_by_people(data: Path, question: str) -> None:
    for argv in (["ask"], ["passages"], ["ask", "--json"]):
        ran = run(*argv, "--data", str(data), "--asked-on", "2025-04-14", "--", question)
        assert ran.code == 0
        assert ran.out
        assert "Traceback" not in ran.err
        assert "Warning" not in ran.err


ODD: Final = st.text(max_size=200) | st.text(
    st.sampled_from("peacekeepers <>&\"'[](){}*_~`\\/\x00\u202e\ud800\udcff🙂 9."), max_size=60
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(questions=st.lists(ODD, min_size=1, max_size=5))
def test_no_text_breaks_the_json(
    data: Path, questions: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("odd") / "questions.jsonl"
    file.write_text("\n".join(json.dumps({"id": one, "question": one}) for one in questions))
    ran = run("ask", "--data", str(data), "--asked-on", "2025-04-14", "--batch", str(file))
    assert ran.code == 0
    assert [one["id"] for one in ran.lines] == questions


def test_markup_in_a_report_stays_text(tmp_path: Path) -> None:
    page = GOOD.replace(b"stand at", b"&lt;script&gt;alert(1)&lt;/script&gt; stand &amp;amp; at")
    (tmp_path / "page.html").write_bytes(page)
    _, (one,) = ingest(tmp_path / "data", str(tmp_path / "page.html"))
    report = run("report", "--json", "--data", str(tmp_path / "data"), *one["reports"]).document
    assert "<script>alert(1)</script> stand &amp; at" in report["text"]
