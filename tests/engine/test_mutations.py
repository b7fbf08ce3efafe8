"""Whatever is drawn, a check answers, and what passes it runs or fails with a sentence.

The diagrams of the repository, and some of the token game's, are changed at random.
`ALUR_MUTATIONS=10000 pytest tests/engine/test_mutations.py` tries more of them, and
`ALUR_MUTATIONS_FROM=400` others.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import drawings
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from mutations import mutated

from bpmn.calls import called_among, with_called
from bpmn.elements import diagrams
from engine.checking import Report, check
from engine.errors import DiagramRefused, ExpressionFailed, StepFailed
from engine.expressions import names
from engine.spiff.execution import Execution
from engine.spiff.programs import compile_diagram
from tasks import dry_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.spiff.programs import Program

ROOT = Path(__file__).parents[2]
FILES = sorted(
    file
    for folder in ("bpmn", "engine", "tasks", "tests")
    for file in ROOT.glob(f"{folder}/**/*.bpmn")
)
MUTATIONS = int(os.environ.get("ALUR_MUTATIONS", "200"))
FIRST = int(os.environ.get("ALUR_MUTATIONS_FROM", "0"))
BATCHES = 20
STEPS, GROWTH = 12, 6
SMALL, LARGE = 900, 6000  # bytes
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)


def grown(seed: int, sources: list[bytes]) -> bytes:
    """A diagram that has been changed again and again and still passes the check."""
    source = mutated(seed, sources, 0)
    for step in range(GROWTH):
        changed = mutated(seed * GROWTH + step, [source], 1)
        if check(changed).may_run:
            source = changed
    return source


def walk(program: Program, chance: random.Random) -> None:
    """Does whatever can be done, in any order, with the state written and read in between."""
    data = {name: chance.choice([0, 1, 2, True, "a", ["a", "b"], None]) for name in known(program)}
    execution = Execution.start(program, data)
    for _ in range(STEPS):
        execution = Execution.load(program, execution.save())
        assert isinstance(execution.data, dict)
        acts = [*_acts(execution, chance)]
        if not acts:
            return
        chance.choice(acts)()


def _acts(execution: Execution, chance: random.Random) -> Iterator[Callable[[], object]]:
    given = {"x": chance.randrange(3)}
    for task in execution.open_tasks | execution.services:
        yield lambda task=task: execution.complete(task, given)
    for task in execution.services:
        yield lambda task=task: execution.fail(task, "error_a", given)
    for task in execution.timers:
        execution.host(task)
        yield lambda task=task: execution.fire(task, again=chance.random() < 0.5)
    for task in execution.events:
        yield lambda task=task: execution.receive(task, given)


def known(program: Program) -> set[str]:
    found = {"x", "daftar"}
    for element in program.diagram.xml.iter("{*}conditionExpression", "{*}completionCondition"):
        with suppress(ExpressionFailed):
            found |= names("".join(element.itertext()))
    return found


def attempt(source: bytes, seed: int) -> bool:
    """Checks a file and, where nothing is wrong with it, runs it; says whether it did."""
    report = check(source)
    assert isinstance(report, Report)
    assert all(str(finding.message) and finding.rule for finding in report.findings)
    if not report.may_run:
        return False
    for program in report.programs:
        own = program.diagram
        others = called_among(own, {d.key: d for d in diagrams(own.xml.getroottree().getroot())})
        chance = random.Random(seed)  # noqa: S311
        try:
            joined = compile_diagram(with_called(own, others)) if others else program
        except DiagramRefused:  # one of them calls what is not there
            continue
        with suppress(StepFailed):
            walk(joined, chance)
        dry_run.dry_run(joined, {}, {}, BEGAN)
    return True


def seeds() -> list[bytes]:
    """The diagrams of the repository, and some that the token game plays."""
    found = [file.read_bytes() for file in FILES]
    made: list[bytes] = []

    @settings(
        max_examples=120, derandomize=True, deadline=None, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(drawings.blocks())
    def make(source: bytes) -> None:
        made.append(source)

    make()
    return found + [source for source in dict.fromkeys(made) if SMALL < len(source) < LARGE]


@pytest.fixture(scope="module")
def sources() -> list[bytes]:
    return seeds()


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_passes_the_check_runs_or_fails_with_a_sentence(sources, batch, monkeypatch):
    monkeypatch.setattr(dry_run, "MAX_COMPLETIONS", STEPS)
    for seed in range(FIRST + batch, FIRST + MUTATIONS, BATCHES):
        # Every fourth one is changed more often, as long as it passes.
        source = (mutated if seed % 4 else grown)(seed, sources)
        try:
            attempt(source, seed)
        except Exception as error:
            error.add_note(f"mutation {seed}: {source.decode()}")
            raise


def test_enough_of_the_changed_diagrams_pass_the_check(sources):
    assert sum(check(mutated(seed, sources)).may_run for seed in range(100)) >= 8
