"""What is kept for years is deflated, and given back as it was."""

import zlib

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import joinedload, undefer

from engine import deployments
from engine.errors import StateDamaged
from engine.models import Instance, Submission
from engine.models.base import inflated
from engine.spiff import state
from engine.spiff.execution import Execution
from engine.spiff.programs import Program

LONG = {f"isian_{n}": "Laporan kinerja pegawai disampaikan kepada atasan" for n in range(9)}


def test_what_was_submitted_is_kept_shorter_and_read_as_it_was(office):
    case = office.start()
    office.step(case, **LONG)
    with office.db.read() as session:
        (raw,) = session.execute(text("SELECT data FROM submission")).scalars()
        kept = session.scalars(select(Submission)).one()
    assert len(bytes(raw)) < len(kept.data) / 2
    assert kept.data == zlib.decompress(bytes(raw))
    assert kept.data.startswith(b"{")


def test_what_would_not_be_shorter_stays_as_it_is(office):
    case = office.start()
    office.step(case, x=1)
    with office.db.read() as session:
        (raw,) = session.execute(text("SELECT data FROM submission")).scalars()
    assert bytes(raw).startswith(b"{")


@pytest.mark.parametrize("stored", [b"x", b"x\x9c", b"xyz", b"{}", b"", None, 7])
def test_what_is_no_deflated_json_is_left_as_it_stands(stored):
    assert inflated(stored) == stored


def ended(office) -> tuple[Program, bytes]:
    case = office.start()
    office.finish(case)
    with office.db.read() as session:
        whole = select(Instance).where(Instance.id == case).options(joinedload(Instance.definition))
        found = session.scalars(whole.options(undefer(Instance.state))).one()
    return deployments.program_of(office.db, found), found.state


def test_the_state_of_an_ended_case_is_deflated(office):
    program, packed = ended(office)
    case = Execution.load(program, packed)
    assert case.ended
    assert len(packed) < len(zlib.decompress(packed)) / 2
    assert case.save() == packed


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda packed: packed[:-9], id="its end missing"),
        pytest.param(lambda packed: packed[:40], id="only its beginning"),
        pytest.param(lambda packed: b"x" + packed, id="no zlib"),
    ],
)
def test_a_deflated_state_that_is_damaged_is_said_to_be(office, damage):
    program, packed = ended(office)
    with pytest.raises(StateDamaged):
        Execution.load(program, damage(packed))


def test_a_state_that_would_fill_the_memory_is_said_to_be_damaged(office, monkeypatch):
    program, packed = ended(office)
    monkeypatch.setattr(state, "MAX_STATE", 1_000)
    with pytest.raises(StateDamaged):
        Execution.load(program, packed)
