"""The project's own files agree with each other: settings, commands, packages, dependencies."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from argparse import ArgumentParser, _SubParsersAction
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pydantic import BaseModel

from bot import cli, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SETTINGS_LINES = (ROOT / "config" / "briefing.toml").read_text("utf-8").splitlines()
SETTINGS: dict[str, dict[str, object]] = tomllib.loads("\n".join(SETTINGS_LINES))
NAMES = [f"{section}.{name}" for section, values in SETTINGS.items() for name in values]
PINS = {
    canonicalize_name(one.name): one
    for one in map(
        Requirement,
        filter(
            lambda line: line and not line.startswith("#"),
            (ROOT / "constraints.txt").read_text("utf-8").splitlines(),
        ),
    )
}
EXTRAS: dict[str, list[str]] = PROJECT["project"]["optional-dependencies"]
RUNTIME = [Requirement(text) for text in PROJECT["project"]["dependencies"]]
DEVELOPMENT = [Requirement(text) for texts in EXTRAS.values() for text in texts]
ITSELF = "briefing-bot"


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (ROOT / folder).rglob("*.py")


def subcommands() -> dict[str, ArgumentParser]:
    parser = cli._parser()
    (chosen,) = (one for one in parser._actions if isinstance(one, _SubParsersAction))
    return dict(chosen.choices)


def options(parser: ArgumentParser) -> set[str]:
    return {text for action in parser._actions for text in action.option_strings}


# Settings


def test_every_setting_is_a_field_and_every_field_a_setting() -> None:
    fields = []
    for section, field in settings.Settings.model_fields.items():
        assert isinstance(field.annotation, type)
        assert issubclass(field.annotation, BaseModel)
        fields += [f"{section}.{name}" for name in field.annotation.model_fields]
    assert fields == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_says_what_it_means(name: str) -> None:
    section, _, key = name.partition(".")
    line = SETTINGS_LINES.index(f"[{section}]") + 1
    explained = False
    while not re.match(rf"{key}\s*=", SETTINGS_LINES[line]):
        # One comment may explain the settings that follow it up to an empty line.
        explained = bool(SETTINGS_LINES[line]) and (
            explained or SETTINGS_LINES[line].startswith("#")
        )
        line += 1
    assert explained, f"no comment above {name}"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_used(name: str) -> None:
    read = re.compile(rf"\b{re.escape(name)}\b")
    users = [path.name for path in sources("bot") if read.search(path.read_text("utf-8"))]
    assert users, f"nothing reads {name}"


# Commands


@pytest.mark.parametrize(
    "file", ["README.md", "docs/commands.md", "docs/design.md", "compose.yaml", "Dockerfile"]
)
def test_commands_that_are_named_exist(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    made = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= set(made)
    commands = subcommands()
    for name, rest in re.findall(r"(?:^|`|\$ )briefing ([a-z-]+)([^`\n]*)", text, re.MULTILINE):
        assert name in commands, f"{file} names briefing {name}"
        unknown = set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options(commands[name])
        assert not unknown, f"{file} gives briefing {name} the options {unknown}"


def test_every_command_and_option_is_described() -> None:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    common = {"-h", "--help", "--data", "--config", "--json"}
    for name, parser in subcommands().items():
        match = re.search(
            rf"^## `briefing {name}[ `].*?(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
        )
        assert match, f"no section about briefing {name}"
        missing = [one for one in options(parser) - common if one not in match[0]]
        assert not missing, f"the section about briefing {name} leaves out {missing}"


@pytest.mark.parametrize(
    "file", ["README.md", "CHANGELOG.md", "docs/commands.md", "docs/design.md"]
)
def test_files_that_are_named_exist(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    named = set(re.findall(r"`((?:bot|index|config|tests|benchmarks|docs)/[\w./*-]*)`", text))
    named |= {
        str((ROOT / file).parent.relative_to(ROOT) / link)
        for link in re.findall(r"\]\(([\w./-]+)\)", text)
    }
    assert [name for name in sorted(named) if not any(ROOT.glob(name.rstrip("/")))] == []


# Packages


def test_every_package_is_installed() -> None:
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in sources("bot", "index", "config")
        if path.name == "__init__.py"
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found


def test_no_module_lies_outside_a_package() -> None:
    lone = [path for path in sources("bot", "index") if not (path.parent / "__init__.py").is_file()]
    assert lone == []


def test_every_data_file_is_installed() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    assert set(patterns) == {"config"}
    for folder in ("bot", "index", "config"):
        for path in (ROOT / folder).rglob("*"):
            name = path.relative_to(ROOT / folder).as_posix()
            if path.is_dir() or "__pycache__" in name or path.suffix == ".py":
                continue
            assert any(fnmatch(name, pattern) for pattern in patterns.get(folder, ())), path


# Dependencies


def test_constraints_are_pins_and_nothing_else() -> None:
    for pin in PINS.values():
        assert pin.url is None
        assert [one.operator for one in pin.specifier] == ["=="], pin
    assert "://" not in (ROOT / "constraints.txt").read_text("utf-8")


def test_every_dependency_is_pinned_to_what_is_installed() -> None:
    missing = []
    for distribution in closure([*RUNTIME, *DEVELOPMENT]):
        pin = PINS.get(canonicalize_name(distribution.name))
        # A build such as 2.13.0+cpu is that release.
        if pin is None or not pin.specifier.contains(distribution.version.partition("+")[0]):
            missing.append(f"{distribution.name} {distribution.version}, not {pin}")
    assert missing == []


def test_pins_satisfy_the_declared_ranges() -> None:
    for wanted in [*RUNTIME, *DEVELOPMENT]:
        if wanted.name != ITSELF:
            (pin,) = PINS[canonicalize_name(wanted.name)].specifier
            assert wanted.specifier.contains(pin.version), wanted


@pytest.mark.parametrize(
    ("folders", "declared"),
    [
        (("bot", "index", "config"), RUNTIME),
        (("tests", "benchmarks"), [*RUNTIME, *DEVELOPMENT]),
    ],
    ids=["runtime", "development"],
)
def test_every_import_is_declared(
    folders: tuple[str, ...], declared: Iterable[Requirement]
) -> None:
    names = {canonicalize_name(one.name) for one in declared}
    providers = metadata.packages_distributions()
    own = {"bot", "index", "config", "tests", "benchmarks", *sys.stdlib_module_names}
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in sources(*folders)
        for module in imported(path) - own
        if not names & {canonicalize_name(one) for one in providers.get(module, ())}
    }
    assert undeclared == set()


def imported(path: Path) -> set[str]:
    """Return the top-level names a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name.partition(".")[0] for name in found}


def closure(wanted: Iterable[Requirement]) -> Iterator[metadata.Distribution]:
    """Yield what is installed because it is wanted, and what that wants in turn."""
    waiting, seen = list(wanted), set[tuple[str, frozenset[str]]]()
    while waiting:
        one = waiting.pop()
        key = (canonicalize_name(one.name), frozenset(one.extras))
        if key in seen or key[0] == ITSELF:
            continue
        seen.add(key)
        distribution = metadata.distribution(one.name)
        yield distribution
        for needed in map(Requirement, distribution.requires or ()):
            extras = [{"extra": extra} for extra in ("", *one.extras)]
            if needed.marker is None or any(needed.marker.evaluate(each) for each in extras):
                waiting.append(needed)
