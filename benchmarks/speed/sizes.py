"""What a database takes on disk, by table, each with its indexes."""

from __future__ import annotations

from sqlalchemy import Engine, text

_POSTGRESQL = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
# An index counts for its table; so does nothing that is SQLite's own.
_SQLITE = """
    SELECT master.tbl_name, sum(pgsize) FROM dbstat JOIN sqlite_master AS master USING (name)
    GROUP BY master.tbl_name
"""


def by_table(connections: Engine) -> dict[str, int]:
    """The bytes of each table with its indexes and long values."""
    asked = _POSTGRESQL if connections.dialect.name == "postgresql" else _SQLITE
    with connections.connect() as connection:
        return {name: int(size) for name, size in connection.execute(text(asked))}


def tidy(connections: Engine, *, wholly: bool) -> None:
    """Frees what changed rows have left behind; ``wholly`` gives it back to the disk too."""
    asked = "VACUUM"
    if connections.dialect.name == "postgresql" and wholly:
        asked = "VACUUM FULL"
    with connections.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(asked))
