"""The schema: built up, taken down with what is in it, and the same as the models."""

import hashlib

import pytest
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import BatchOperations
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text

from engine import installation, sample
from engine.database import Database, migration_config, newest_revision
from engine.models import Base, Installation, Person
from engine.models.base import inflated

SCRIPTS = ScriptDirectory.from_config(migration_config("sqlite://"))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]


@pytest.fixture
def postgresql_office_url(postgresql_server, furnished_template):
    """An office of the test's own: what is shared with others must keep the order of columns."""
    with postgresql_server.database(furnished_template) as url:
        yield url


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


def upgrade(database, revision):
    with database.altering() as config:
        command.upgrade(config, revision)


def before(revision):
    return SCRIPTS.get_revision(revision).down_revision or "base"


def schema(database):
    """All that is declared, by name: a table made anew may have its columns in another order."""
    found = inspect(database.connections)
    names = tables(database)
    return {table: _declared(found, table) | _written(database, table) for table in names}


def _declared(found, table):
    return {
        "columns": {
            column["name"]: (str(column["type"]), column["nullable"], column["default"])
            for column in found.get_columns(table)
        },
        "key": found.get_pk_constraint(table),
        "references": sorted(map(str, found.get_foreign_keys(table))),
        "unique": sorted(map(str, found.get_unique_constraints(table))),
        "indexes": sorted(map(_index, found.get_indexes(table))),
    }


def _index(index):
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str(index | {"dialect_options": options})


def _written(database, table):
    """What the inspector does not see: whether ids of deleted rows are used again."""
    if database.connections.dialect.name != "sqlite":
        return {}
    query = text("SELECT sql FROM sqlite_master WHERE name = :table")
    with database.connections.connect() as connection:
        return {"counts on": "AUTOINCREMENT" in connection.scalar(query, {"table": table})}


def rows(database):
    """Every row of every table, as what its columns hold."""
    with database.connections.connect() as connection:
        return {
            table: [
                dict(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
            ]
            for table in tables(database)
        }


def kept(found, columns):
    """The rows that a schema with these columns can hold, and what it can hold of them."""
    return {
        table: sorted(
            str({name: _plain(row[name]) for name in sorted(columns[table].keys() & row.keys())})
            for row in found[table]
            if not any(row.get(name, 0) is None for name in required(columns[table]))
        )
        for table in found.keys() & columns.keys()
    }


def said_twice(found):
    """The rows with what follows from others, which releases before 0011 kept too."""
    hashes = {(row["instance_id"], row["seq"]): row["hash"] for row in found["history"]}
    history = [
        row | {"previous": hashes.get((row["instance_id"], row["seq"] - 1), "0" * 64)}
        for row in found["history"]
    ]
    submissions = [
        row | {"digest": hashlib.sha256(inflated(_plain(row["data"]))).hexdigest()}
        for row in found["submission"]
    ]
    return found | {"history": history, "submission": submissions}


def required(columns):
    return [name for name, (_, nullable, _) in columns.items() if not nullable]


def _plain(value):
    return bytes(value) if isinstance(value, memoryview) else value


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


@pytest.mark.parametrize("revision", REVISIONS)
def test_each_revision_is_undone_without_a_trace_and_done_again(empty, revision):
    upgrade(empty, before(revision))
    without = schema(empty)
    upgrade(empty, revision)
    with_it = schema(empty)
    downgrade(empty, before(revision))
    assert schema(empty) == without
    upgrade(empty, revision)
    assert schema(empty) == with_it != without


@pytest.mark.parametrize("revision", REVISIONS)
def test_down_to_each_revision_and_up_again_keeps_what_both_can_hold(busy, revision):
    db = busy.db
    newest, everything = schema(db), rows(db)
    downgrade(db, revision)
    older = schema(db)
    columns = {table: declared["columns"] for table, declared in older.items()}
    held = kept(said_twice(everything) if revision < "0011" else everything, columns)
    assert held["instance"] and held["work_item"] and held["history"] and held["submission"]
    for table, found in kept(rows(db), columns).items():
        assert set(held[table]) <= set(found), table
    db.migrate()
    assert schema(db) == newest
    assert differences(db) == []
    for table, found in kept(rows(db), columns).items():
        assert set(held[table]) <= set(found), table
    downgrade(db, "base")
    upgrade(db, revision)
    assert schema(db) == older


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_running_case_goes_on_after_down_and_up_again(office, audit, revision):
    case = office.start()
    office.until(case, "Langkah_3")
    downgrade(office.db, revision)
    office.db.migrate()
    office.due()
    assert audit(office.db) == []
    office.finish(case)
    assert office.case(case).status == "completed"
    assert audit(office.db) == []


def test_the_migrated_schema_is_that_of_the_models(database):
    assert differences(database) == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE person ADD COLUMN extra INTEGER",
        "DROP INDEX ix_work_item_open_person_id",
        "CREATE TABLE extra (id INTEGER)",
        "ALTER TABLE instance DROP COLUMN called",
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


@pytest.mark.postgresql
def test_entries_are_found_by_time_through_a_summary_of_pages(postgresql_migrated_url):
    """Alembic does not compare the kind of an index."""
    database = Database(postgresql_migrated_url)
    query = text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_history_at'")
    with database.connections.connect() as connection:
        said = connection.scalar(query)
    database.close()
    assert "USING brin (at) WITH (autosummarize='true')" in said


def test_revisions_are_one_line_and_each_can_be_undone(sqlite_url):
    scripts = ScriptDirectory.from_config(migration_config(sqlite_url))
    assert scripts.get_heads() == [newest_revision()]
    for revision in scripts.walk_revisions():
        assert callable(revision.module.upgrade)
        assert callable(revision.module.downgrade)


def test_each_revision_says_which_release_may_go_on_with_it_and_the_database_keeps_that(empty):
    before = installation.FIRST
    for revision in REVISIONS[REVISIONS.index(installation.FIRST) :]:
        oldest = SCRIPTS.get_revision(revision).module.oldest
        assert oldest in REVISIONS and oldest <= revision
        assert revision == installation.FIRST or oldest >= before, "who was refused stays so"
        before = oldest
        upgrade(empty, revision)
        with empty.read() as session:
            assert session.scalar(select(Installation.oldest)) == oldest
    downgrade(empty, REVISIONS[REVISIONS.index(installation.FIRST) - 1])
    assert not installation.fits(empty)


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
