"""States that earlier releases have stored are read for ever (`tests/engine/states/write.py`)."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from engine import values
from engine.spiff.execution import Execution
from engine.spiff.state import FORMAT

STATES = Path(__file__).parent / "states"
STORED = sorted(STATES.glob("*/*.jsonl"))


def writer() -> ModuleType:
    """The script that wrote them, which knows what was answered."""
    spec = importlib.util.spec_from_file_location("write", STATES / "write.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


write = writer()


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def states(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def loaded(path: Path) -> Iterator[tuple[dict[str, Any], Execution]]:
    program = write.program_of(path.with_suffix(".bpmn").read_bytes())
    for stored in states(path):
        yield stored, Execution.load(program, stored["state"].encode(errors="surrogateescape"))


def shown(case: Execution) -> dict[str, Any]:
    return {name: said for name, said in write.seen(case).items() if name != "state"}


@pytest.mark.parametrize("path", STORED, ids=name)
def test_every_state_shows_what_it_showed_when_it_was_stored(path):
    for stored, case in loaded(path):
        expected = {name: said for name, said in stored.items() if name != "state"}
        assert shown(case) == expected


@pytest.mark.parametrize("path", STORED, ids=name)
def test_every_state_can_be_carried_to_the_same_end(path):
    told = states(path)
    for _, case in loaded(path):
        while write.step(case):
            case = Execution.load(case.program, case.save())  # noqa: PLW2901
        assert case.ended
        assert values.dumps(case.data).decode() == told[-1]["data"]


def test_the_format_that_is_written_has_states_to_be_read():
    assert any((STATES / str(FORMAT)).glob("*.jsonl"))
