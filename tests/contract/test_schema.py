"""The schema on SQLite and PostgreSQL: from nothing, from the first one, and never back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, event, inspect, text

import bot.migrations
from bot import schema
from bot.schema import SchemaError
from index.errors import StoreError
from index.sql import open_engine, reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

SCHEMAS: Final = Path(__file__).parent / "schemas"
REPORT: Final = text("INSERT INTO reports (id, revision) VALUES ('r1', 1)")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = open_engine(f"sqlite:///{tmp_path / 'briefing.sqlite'}")
    else:
        made = open_engine(request.getfixturevalue("postgresql"))
        everything = MetaData()
        everything.reflect(made)
        everything.drop_all(made)
    yield made
    made.dispose()


def first_schema(engine: Engine) -> None:
    """Make the tables that the first program made, with a report in them."""
    written = (SCHEMAS / f"first.{engine.dialect.name}.sql").read_text("utf-8")
    with writing(engine) as connection:
        for statement in written.split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        connection.execute(REPORT)


def differences(engine: Engine) -> list[object]:
    with reading(engine) as connection:
        known = list(schema.METADATA)
        return list(compare_metadata(MigrationContext.configure(connection), known))  # type: ignore[arg-type]


def reports(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(text("SELECT id FROM reports")).all())


def test_an_empty_database_gets_all_tables(engine: Engine) -> None:
    assert schema.revision(engine) is None
    schema.prepare(engine)
    schema.prepare(engine)
    assert schema.revision(engine) == schema.HEAD
    assert differences(engine) == []


def test_the_first_schema_is_brought_up_and_its_rows_stay(engine: Engine) -> None:
    first_schema(engine)
    assert differences(engine) != []
    schema.prepare(engine)
    assert schema.revision(engine) == schema.HEAD
    assert differences(engine) == []
    assert reports(engine) == 1


def test_a_newer_database_is_refused_and_left_alone(engine: Engine) -> None:
    schema.prepare(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"schema 9999.*newer program"):
        schema.prepare(engine)
    assert schema.revision(engine) == "9999"


def test_a_step_that_fails_leaves_the_schema_as_it_was(engine: Engine) -> None:
    first_schema(engine)
    before = inspect(engine).get_table_names()

    def fail(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        if "ix_lookups_made_at" in statement:
            connection.exec_driver_sql("SELECT * FROM nowhere")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(StoreError, match="nowhere"):
        schema.prepare(engine)
    event.remove(engine, "before_cursor_execute", fail)
    assert inspect(engine).get_table_names() == before
    schema.prepare(engine)
    assert differences(engine) == []
    assert reports(engine) == 1


def test_of_two_starts_at_once_one_brings_it_up(engine: Engine) -> None:
    first_schema(engine)
    url = engine.url.render_as_string(hide_password=False)
    engines = [open_engine(url) for _ in range(4)]
    with ThreadPoolExecutor(len(engines)) as threads:
        list(threads.map(schema.prepare, engines))
    for one in engines:
        one.dispose()
    assert differences(engine) == []


def test_the_head_is_the_last_step() -> None:
    (folder,) = bot.migrations.__path__
    assert ScriptDirectory(folder).get_heads() == [schema.HEAD]
