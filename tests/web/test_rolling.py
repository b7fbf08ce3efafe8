"""A rolling upgrade: nodes of two releases side by side on one database, as real processes.

The newer release is this one with a migration more.
"""

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import text

from benchmarks.rolling import DRAWN, Fleet, is_whole, roll
from bpmn.notation import file_of
from engine import deployments
from engine.database import Database, newest_revision

pytestmark = pytest.mark.postgresql
ROOT = Path(__file__).parents[2]
NOW = newest_revision()
NEXT = f"{int(NOW) + 1:04}"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{revision}", "{before}"
branch_labels = depends_on = None
oldest = "{oldest}"

def upgrade():
    op.add_column("unit", sa.Column("extra", sa.Integer(), nullable=True))

def downgrade():
    op.drop_column("unit", "extra")
"""


@pytest.fixture
def fleet(postgresql_url, tmp_path):
    made = Fleet(postgresql_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def newer(tmp_path):
    """``newer(oldest)``: the tree of the next release, with which that one may go on."""

    def make(oldest: str) -> Path:
        tree = tmp_path / f"newer-{oldest}"
        for package in ("bpmn", "engine", "tasks", "web"):
            left_out = shutil.ignore_patterns("frontend", "__pycache__")
            shutil.copytree(ROOT / package, tree / package, ignore=left_out)
        written = MIGRATION.format(revision=NEXT, before=NOW, oldest=oldest)
        (tree / f"engine/migrations/versions/{NEXT}_more.py").write_text(written)
        return tree

    return make


def said_by(done: subprocess.CompletedProcess[str]) -> str:
    """The one line in which a command has refused."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    return done.stderr


def revision(url: str) -> str | None:
    db = Database(url)
    found = db.revision
    db.close()
    return found


def test_nothing_is_lost_while_nodes_are_replaced_one_by_one(fleet, newer):
    db = Database(fleet.url)
    deployments.activate(db, deployments.deploy(db, file_of(DRAWN)).id)
    db.close()
    came = roll(fleet, ROOT, newer(NOW), cases=3, size=1)
    assert is_whole(came, 3), came
    assert came["revision"] == NEXT
    assert came["requests"].keys() <= {"answered", "sent elsewhere"}


def test_an_older_node_may_be_started_as_long_as_the_schema_says_so(fleet, newer, alur):
    tree = newer(NOW)
    said = said_by(fleet.run(tree, "worker"))
    assert "alur migrate" in said
    assert revision(fleet.url) == NOW
    migrated = fleet.run(tree, "migrate")
    assert (migrated.returncode, migrated.stderr) == (0, "")
    older = fleet.start(ROOT, "worker")
    again = alur(
        "migrate", ALUR_DATABASE_URL=fleet.url
    )  # by whoever upgrades the nodes in another order
    assert (again.returncode, again.stderr) == (0, "")
    assert revision(fleet.url) == NEXT
    assert older.end() == 0


def test_a_schema_that_older_nodes_cannot_go_on_with_waits_for_their_end(fleet, newer, refused):
    older, tree = fleet.start(ROOT, "worker"), newer(NEXT)
    said = said_by(fleet.run(tree, "migrate"))
    assert f"susunan {NOW}" in said
    assert revision(fleet.url) == NOW
    assert older.end() == 0
    assert fleet.run(tree, "migrate").returncode == 0
    for command in (["worker"], ["serve"], ["migrate"], ["people", "code", "1"]):
        said = refused(*command, ALUR_DATABASE_URL=fleet.url)
        assert "rilis yang lebih baru" in said


def test_a_node_from_before_releases_were_known_counts_as_older(fleet, newer):
    db = Database(fleet.url)
    with db.connections.connect() as connection:  # as such a node holds its lock
        connection.execute(text("SELECT pg_advisory_lock_shared(2042)"))
        said = said_by(fleet.run(newer(NEXT), "migrate"))
    assert "susunan 0008" in said
    db.close()
