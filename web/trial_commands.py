"""Trying a diagram out in memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from bpmn.calls import called_among, with_called
from bpmn.diagram import HUMAN_TASKS
from bpmn.elements import diagrams
from bpmn.findings import Severity
from bpmn.messages import message
from bpmn.reading import read as read_diagram
from engine import clock
from engine.checking import check
from engine.errors import DiagramRefused, InvalidInput
from engine.spiff.programs import Program, compile_diagram
from tasks.dry_run import Outcome
from tasks.dry_run import dry_run as run_dry
from web.diagram_commands import as_json, as_line, drawn_file, print_json
from web.given_files import read

ANSWERED = HUMAN_TASKS | {"serviceTask", "receiveTask"}
AWAITED = frozenset({"message", "signal"})


@click.command("dry-run")
@drawn_file
@click.option("--process", "key", help="ID proses, bila berkas memuat lebih dari satu.")
@click.option("--data", default="{}", help="Data awal kasus, JSON.")
@click.option("--answers", type=click.Path(path_type=Path), help='JSON: {"id": [{…}, …]}.')
@as_json
def dry_run(file: Path, key: str | None, data: str, answers: Path | None, style: str) -> None:
    """Jalankan diagram di memori dengan jawaban yang diberikan, tanpa jejak."""
    text = read(answers).decode(errors="replace") if answers else "{}"
    given = _answers(_json(text, "--answers"))
    start = _json(data, "--data")
    try:
        program = _program(read(file), key)
    except DiagramRefused as error:
        outcome = Outcome("error", [], error=error.message)
    else:
        _require_known(program, given)
        outcome = run_dry(program, start, given, clock.now())
    _print_outcome(outcome, style)
    sys.exit(0 if outcome.outcome == "completed" else 1)


def _json(text: str, option: str) -> dict[str, Any]:
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        said = message("{option} bukan JSON: {reason}", option=option, reason=error)
        raise InvalidInput(said) from error
    if not isinstance(value, dict):
        raise InvalidInput(message("{option} harus objek JSON.", option=option))
    return value


def _no_constant(name: str) -> NoReturn:
    """Python reads NaN and Infinity, which JSON does not have."""
    raise ValueError(name)


def _answers(given: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    for element, rounds in given.items():
        if not isinstance(rounds, list) or not all(isinstance(one, dict) for one in rounds):
            said = message('--answers: "{id}" harus daftar objek.', id=element)
            raise InvalidInput(said)
    return given


def _require_known(program: Program, given: dict[str, Any]) -> None:
    answered = {
        node.id
        for node in program.diagram.nodes.values()
        if node.kind in ANSWERED or AWAITED & set(node.events)
    }
    unknown = sorted(given.keys() - answered)
    if unknown:
        raise InvalidInput(message('--answers: tidak ada kegiatan "{id}".', id=unknown[0]))


def _program(source: bytes, key: str | None) -> Program:
    report = check(source)
    errors = report.worst(Severity.ERROR)
    if errors:
        raise DiagramRefused(message("{finding}", finding=as_line(errors[0])))
    fitting = [p for p in report.programs if key in (None, p.diagram.key)]
    if not fitting:
        raise InvalidInput(message('Tidak ada proses "{key}" dalam berkas ini.', key=key))
    if len(fitting) > 1:
        keys = ", ".join(program.diagram.key for program in fitting)
        raise InvalidInput(message("Pilih satu dengan --process: {keys}", keys=keys))
    return _with_called(fitting[0], source)


def _with_called(program: Program, source: bytes) -> Program:
    """The same with the processes that it calls, where they stand in the same file."""
    known = {diagram.key: diagram for diagram in diagrams(read_diagram(source))}
    called = called_among(program.diagram, known)
    return compile_diagram(with_called(program.diagram, called)) if called else program


def _print_outcome(outcome: Outcome, style: str) -> None:
    if style == "json":
        print_json(
            {
                "outcome": outcome.outcome,
                "trace": outcome.trace,
                "data": outcome.data,
                "error": str(outcome.error) if outcome.error else None,
            }
        )
        return
    click.echo(" → ".join(outcome.trace))
    click.echo(outcome.outcome + (f": {outcome.error}" if outcome.error else ""))
