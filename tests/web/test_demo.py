"""`alur demo --cases`: an office with a past, which is served as any other."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine import deployments
from engine.database import Database
from engine.models import Definition
from tasks import past
from web import cli, serving_commands


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """``demo("--cases=1")``: the command in this process, up to where it would serve."""
    monkeypatch.setattr(serving_commands, "_serve", lambda *_: None)
    monkeypatch.setenv("ALUR_HOME", str(tmp_path))
    return lambda *given: CliRunner().invoke(cli.cli, ["demo", *given])


def versions(tmp_path):
    """The versions of the procedure, oldest first, and the one in force."""
    db = Database(f"sqlite:///{tmp_path / 'alur.db'}")
    with db.read() as session:
        found = session.scalars(select(Definition).order_by(Definition.version)).all()
        return [past.is_of_then(one) for one in found], deployments.in_force(session, found[0].key)


def test_a_past_is_played_once_and_the_whole_procedure_is_in_force_then(demo, tmp_path):
    done = demo("--cases=1")
    assert done.exit_code == 0, done.output
    were, in_force = versions(tmp_path)
    assert were == [True, False]
    assert in_force.version == 2
    assert "sudah ada: 1 kasus" in demo("--cases=1").output


def test_without_cases_nothing_is_invented(demo, tmp_path):
    assert demo().exit_code == 0
    assert versions(tmp_path)[0] == [False]


@pytest.mark.parametrize("number", ["-1", "20001", "banyak"])
def test_a_number_of_cases_has_bounds(demo, number):
    assert demo(f"--cases={number}").exit_code == 2
