"""Making diagrams of SOPs that are tables in files of the office."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bpmn.findings import Severity
from bpmn.messages import AlurError, message
from bpmn.sop.table import Answers, understood
from bpmn.sop.table.answers import UnreadableAnswers
from bpmn.sop.unfolding import unfolded
from engine.checking import check
from engine.errors import InvalidInput
from engine.sop_tables import grids_of
from web.diagram_commands import as_dict, as_json, as_line, print_json
from web.given_files import each, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.findings import Finding
    from bpmn.sop.table import Remark, Understood

SORTS = {"guess": "dugaan", "missing": "belum ada", "left": "tidak dibawa"}


@click.command()
@click.argument(
    "tables", metavar="TABLE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("-o", "out", type=click.Path(path_type=Path), help="Berkas hasil, dari satu tabel.")
@click.option("--out-dir", type=click.Path(path_type=Path), help="Folder hasil, dari banyak tabel.")
@click.option("--replace", is_flag=True, help="Ganti berkas yang sudah ada.")
@click.option("--answers", type=click.Path(path_type=Path), help="Jawaban atas dugaan (JSON).")
@as_json
def import_sop(
    tables: tuple[Path, ...],
    out: Path | None,
    out_dir: Path | None,
    replace: bool,
    answers: Path | None,
    style: str,
) -> None:
    """Buat diagram dari tabel SOP (DOCX, XLSX, CSV, Markdown, teks), dan laporkan dugaannya."""
    if out is not None and out_dir is None and len(tables) == 1:
        _print(tables[0], _made(tables[0], out, replace, answers), style)
    elif out is None and out_dir is not None and answers is None:
        _many(tables, out_dir, replace, style)
    else:
        raise InvalidInput(message("Satu tabel dengan -o, atau beberapa tabel dengan --out-dir."))


@dataclass(frozen=True)
class _Made:
    """A table that has become a diagram, and what the check of that stops at."""

    found: Understood
    stops: tuple[Finding, ...]


def _made(table: Path, out: Path, replace: bool, answers: Path | None = None) -> _Made:
    """Writes the diagram of a table; nothing is written where the table cannot be read."""
    if out.exists() and not replace:
        raise InvalidInput(message("{file} sudah ada.", file=out))
    found = understood(grids_of(read(table)), _answers(answers))
    source = unfolded(found.sop)
    out.write_bytes(source)
    stops = (f for f in check(source).findings if f.severity is not Severity.WARNING)
    return _Made(found, tuple(stops))


def _answers(file: Path | None) -> Answers:
    if file is None:
        return Answers()
    try:
        return Answers.from_json(json.loads(read(file)))
    except (ValueError, RecursionError, UnreadableAnswers) as error:
        raise InvalidInput(message("{file} bukan berkas jawaban yang benar.", file=file)) from error


def _many(tables: tuple[Path, ...], out_dir: Path, replace: bool, style: str) -> None:
    results = each(tables, out_dir, ".bpmn", replace, _made)
    if style == "json":
        print_json([_told(table, made) for table, made in results])
    else:
        _list(results)
    sys.exit(1 if any(isinstance(made, AlurError) for _, made in results) else 0)


def _list(results: list[tuple[Path, _Made | AlurError]]) -> None:
    for table, made in results:
        click.echo(f"{table}: {made if isinstance(made, AlurError) else _counted(made)}")
        for line in _lines(made):
            click.echo(f"  {line}")


def _print(table: Path, made: _Made, style: str) -> None:
    if style == "json":
        print_json(_told(table, made))
        return
    for line in _lines(made):
        click.echo(line)
    click.echo(_counted(made), err=True)


def _counted(made: _Made) -> str:
    counts = {sort: sum(one.sort == sort for one in made.found.remarks) for sort in SORTS}
    said = ", ".join(f"{count} {SORTS[sort]}" for sort, count in counts.items() if count)
    return f"{len(made.found.sop.steps)} kegiatan" + (f"; {said}" if said else "")


def _lines(made: _Made | AlurError) -> Iterator[str]:
    if isinstance(made, AlurError):
        return
    for remark in made.found.remarks:
        yield f"{_where(remark)}{SORTS[remark.sort]}: {remark.said}"
    for stop in made.stops:
        yield as_line(stop)


def _where(remark: Remark) -> str:
    return f"baris {remark.row}: " if remark.row is not None else ""


def _told(table: Path, made: _Made | AlurError) -> dict[str, Any]:
    if isinstance(made, AlurError):
        return {"file": str(table), "error": str(made)}
    remarks = [
        {
            "place": remark.place,
            "row": remark.row,
            "part": remark.part,
            "sort": remark.sort,
            "message": str(remark.said),
        }
        for remark in made.found.remarks
    ]
    return {
        "file": str(table),
        "activities": len(made.found.sop.steps),
        "remarks": remarks,
        "findings": [as_dict(stop) for stop in made.stops],
    }
