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

from engine import values
from engine.checking import check
from engine.execution import FORMAT, Execution

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
    "Lagi": [{"x": 1}, {"x": 2}],
}


def main() -> None:
    """Writes every diagram of the newest format's folder once through, a line a step."""
    folder = HERE / str(FORMAT)
    for diagram in sorted(folder.glob("*.bpmn")):
        lines = [json.dumps(step, ensure_ascii=False) for step in run(diagram.read_bytes())]
        diagram.with_suffix(".jsonl").write_text("\n".join(lines) + "\n")
        sys.stdout.write(f"{diagram.stem}: {len(lines)} states\n")


def run(source: bytes) -> list[dict[str, Any]]:
    """Every stored state of one run, with what it is to be read as."""
    (program,) = check(source).programs
    execution = Execution.start(program, DATA)
    given = {element: iter(answers) for element, answers in ANSWERS.items()}
    found = [seen(execution)]
    while step(execution, given):
        found.append(seen(execution))
    return found


def seen(execution: Execution) -> dict[str, Any]:
    """A state with what waits in it and the data of the case."""
    return {
        "state": execution.save().decode(),
        "waiting": sorted(waiting(execution).values()),
        "data": values.dumps(execution.data).decode(),
        "ended": execution.ended,
    }


def waiting(execution: Execution) -> dict[str, str]:
    """All that waits: tasks, services and timers."""
    return execution.open_tasks | execution.services | execution.timers


def step(execution: Execution, given: dict[str, Any]) -> bool:
    """Does what waits and comes first by name; tasks before timers."""
    ready = execution.open_tasks | execution.services
    if not ready and not execution.timers:
        return False
    ahead = ready or execution.timers
    element, task = min((element, task) for task, element in ahead.items())
    if ready:
        execution.complete(task, next(given.get(element, iter(())), {element.lower(): 1}))
    else:
        execution.fire(task)
    return True


if __name__ == "__main__":
    main()
