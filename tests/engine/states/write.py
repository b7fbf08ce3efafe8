"""Writes what this release stores of cases at every step, for later releases to read for ever.

Run once for a new state format, from the top of the repository, and commit what it writes:
    .venv/bin/python tests/engine/states/write.py
"""

import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bpmn.calls import with_called
from engine import values
from engine.checking import check
from engine.spiff.execution import Execution
from engine.spiff.programs import Program, compile_diagram
from engine.spiff.state import FORMAT

HERE = Path(__file__).parent
DATA = {
    "tanggal": date(2026, 1, 31),
    "saat": datetime(2026, 1, 31, 7, 30, tzinfo=UTC),
    "nilai": Decimal("85.50"),
    "tabel": [{"kegiatan": "Rapat", "biaya": Decimal("1.10"), "rincian": [[1, None], {"a": True}]}],
    "x": 0,
}
ANSWERS: dict[str, list[dict[str, Any]]] = {
    "Langkah_3": [{"nilai_skp": Decimal("86.5"), "catatan_penilai": "Baik"}] * 2,
    "Langkah_4": [{"keputusan": "tidak_setuju", "alasan": "Belum"}, {"keputusan": "setuju"}],
    "lain:lain_b": [{"keluar": Decimal("2.50")}],
    "a": [{"laporan": "isi"}],
    "m": [{"nilai": Decimal("0.10")}],
    "Lagi": [{"x": 1}, {"x": 2}],
}


def main() -> None:
    """Writes every diagram of the newest format's folder once through, a line a step."""
    folder = HERE / str(FORMAT)
    for diagram in sorted(folder.glob("*.bpmn")):
        lines = [json.dumps(step) for step in run(diagram.read_bytes())]
        diagram.with_suffix(".jsonl").write_text("\n".join(lines) + "\n")
        sys.stdout.write(f"{diagram.stem}: {len(lines)} states\n")


def program_of(source: bytes) -> Program:
    """The program of the first process of a file, which may call the others."""
    own, *others = (program.diagram for program in check(source).programs)
    return compile_diagram(with_called(own, others))


def run(source: bytes) -> list[dict[str, Any]]:
    """Every stored state of one run, with what it is to be read as."""
    program = program_of(source)
    execution = Execution.start(program, DATA)
    found = [seen(execution)]
    while step(execution):
        found.append(seen(execution))
    return found


def seen(execution: Execution) -> dict[str, Any]:
    """A state with what waits in it and the data of the case."""
    return {
        "state": execution.save().decode(errors="surrogateescape"),
        "waiting": sorted(waiting(execution).values()),
        "data": values.dumps(execution.data).decode(),
        "ended": execution.ended,
    }


def waiting(execution: Execution) -> dict[str, str]:
    """All that waits: tasks, services, timers, and events that come from outside."""
    places = execution.open_tasks | execution.services
    return places | execution.timers | execution.events


def step(execution: Execution) -> bool:
    """Does what waits and comes first by name; tasks before events, and those before timers."""
    ready = execution.open_tasks | execution.services
    ahead = ready or execution.events or execution.timers
    if not ahead:
        return False
    element, task = min((element, task) for task, element in ahead.items())
    answer = answer_of(element, execution.visits(element))
    if ready:
        execution.complete(task, answer)
    elif execution.events:
        execution.receive(task, answer)
    else:
        execution.fire(task)
    return True


def answer_of(element: str, visit: int) -> dict[str, Any]:
    """What is answered when a case comes to a node for the nth time."""
    answers = ANSWERS.get(element, [])
    known = visit <= len(answers)
    return (
        answers[max(visit, 1) - 1] if known and answers else {element.lower().replace(":", "_"): 1}
    )


if __name__ == "__main__":
    main()
