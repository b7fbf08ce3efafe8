"""The schema: built up, taken down, and the same as the models."""

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import BatchOperations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from engine import sample
from engine.database import Database, migration_config
from engine.models import Base, Person


@pytest.fixture
def empty(database_url):
    database = Database(database_url)
    yield database
    database.close()


def tables(database):
    return set(inspect(database.connections).get_table_names()) - {"alembic_version"}


def downgrade(database, revision):
    with database.altering() as config:
        command.downgrade(config, revision)


def differences(database):
    """What alembic would still have to change to make the schema that of the models."""
    with database.connections.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata)


def test_an_empty_database_is_brought_up_to_this_release(empty):
    assert not empty.is_current
    empty.migrate()
    assert empty.is_current
    assert tables(empty) == set(Base.metadata.tables)


def test_migrating_again_changes_nothing(office):
    before = office.rows()
    office.db.migrate()
    assert office.db.is_current
    assert office.rows() == before


def test_down_to_nothing_and_up_again(database):
    sample.load(database)
    downgrade(database, "base")
    assert tables(database) == set()
    assert not database.is_current
    database.migrate()
    assert database.is_current
    assert differences(database) == []
    with database.read() as session:
        assert session.scalars(select(Person)).all() == []


def test_the_migrated_schema_is_that_of_the_models(database):
    assert differences(database) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE person ADD COLUMN extra INTEGER",
        "DROP INDEX ix_work_item_open_person_id",
        "CREATE TABLE extra (id INTEGER)",
        "ALTER TABLE instance DROP COLUMN ended_at",
    ],
)
def test_a_difference_would_be_seen(database, change):
    with database.connections.begin() as connection:
        connection.execute(text(change))
    assert differences(database) != []


def test_the_indexes_of_open_work_hold_open_work_only(database):
    """Alembic does not compare the condition of an index."""
    found = {
        index["name"]: index for index in inspect(database.connections).get_indexes("work_item")
    }
    dialect = database.connections.dialect.name
    for column in ("person_id", "group_id"):
        condition = found[f"ix_work_item_open_{column}"]["dialect_options"][f"{dialect}_where"]
        assert "status" in str(condition) and "'open'" in str(condition)
        assert found[f"ix_work_item_open_{column}"]["column_names"] == [column, "id"]


def test_revisions_are_one_line_and_each_can_be_undone(sqlite_url):
    scripts = ScriptDirectory.from_config(migration_config(sqlite_url))
    assert len(scripts.get_heads()) == 1
    for revision in scripts.walk_revisions():
        assert callable(revision.module.upgrade)
        assert callable(revision.module.downgrade)


def test_a_url_with_a_percent_sign_survives_the_configuration(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'a%20b.sqlite'}")
    database.migrate()
    assert database.is_current
    database.close()


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_sqlite_is_opened_safely(sqlite_url, pragma, value):
    database = Database(sqlite_url)
    with database.connections.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    database.close()


def test_a_writing_block_that_fails_is_wholly_undone(office):
    before = office.rows()
    with pytest.raises(ZeroDivisionError), office.db.write() as session:
        session.execute(text("DELETE FROM duty"))
        session.execute(text("UPDATE person SET name = 'x'"))
        raise ZeroDivisionError
    assert office.rows() == before


def test_nothing_is_kept_of_what_a_reading_block_does(office):
    before = office.rows()
    with office.db.read() as session:
        session.execute(text("DELETE FROM duty"))
    assert office.rows() == before


def test_a_migration_that_fails_leaves_nothing_behind(database_url, monkeypatch):
    database = Database(database_url)
    with monkeypatch.context() as broken:
        broken.setattr(op, "create_index", _fail, raising=False)
        broken.setattr(BatchOperations, "create_index", _fail)
        with pytest.raises(RuntimeError):
            database.migrate()
    assert database.revision is None
    assert inspect(database.connections).get_table_names() == []
    database.migrate()
    assert database.is_current
    database.close()


def _fail(*_args, **_kwargs):
    raise RuntimeError("killed half-way")
