"""Checking a diagram, and how the commands around diagrams are asked and answer."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bpmn import changes, reading
from bpmn.elements import diagrams
from bpmn.findings import Finding, Severity
from bpmn.layout import drawn
from bpmn.messages import message
from engine.checking import check as check_source
from engine.errors import InvalidInput
from web.given_files import read

if TYPE_CHECKING:
    from bpmn.diagram import Diagram

as_json = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
drawn_file = click.argument("file", type=click.Path(path_type=Path))


@click.command()
@drawn_file
@as_json
def check(file: Path, style: str) -> None:
    """Periksa sebuah diagram; keluar dengan 1 bila ada kesalahan atau halangan."""
    report = check_source(read(file))
    if style == "json":
        print_json({"findings": [as_dict(finding) for finding in report.findings]})
    else:
        for finding in report.findings:
            click.echo(as_line(finding))
        if report.findings:
            click.echo('Penjelasan dan contoh setiap aturan: "alur rules NAMA".', err=True)
        else:
            click.echo("Tidak ada yang perlu diperbaiki.")
    sys.exit(1 if report.worst(Severity.ERROR, Severity.BLOCKING) else 0)


@click.command()
@drawn_file
@click.option("-o", "out", required=True, type=click.Path(path_type=Path), help="Berkas hasil.")
@click.option("--replace", is_flag=True, help="Ganti berkas yang sudah ada.")
def layout(file: Path, out: Path, replace: bool) -> None:
    """Tata gambar sebuah diagram yang tata letaknya tidak ada atau tidak utuh."""
    if out.exists() and not replace:
        raise InvalidInput(message("{file} sudah ada.", file=out))
    source = read(file)
    found = drawn(source)
    out.write_bytes(found)
    click.echo(
        "Tata letaknya sudah utuh; berkas disalin apa adanya."
        if found == source
        else "Gambarnya ditata; selain tata letak tidak ada yang berubah."
    )


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@as_json
def diff(old: Path, new: Path, style: str) -> None:
    """Katakan apa yang berbeda antara dua diagram; keluar dengan 0, juga bila ada."""
    found = changes.compare(*(_drawn(read(file)) for file in (old, new)))
    if style == "json":
        told = [_change(change) for change in found.changes]
        print_json({"changes": told, "marks": found.marks})
        return
    for title, group in found.groups:
        click.echo(f"{title}:")
        for change in group:
            click.echo(f"  {change.said} [{change.element}]")
    if not found.changes:
        click.echo("Hanya letak gambar yang berubah." if found.marks else "Tidak ada perbedaan.")


def _drawn(source: bytes) -> Diagram:
    """The executable process of a file, else its first."""
    found = diagrams(reading.read(source))
    if not found:
        raise InvalidInput(message("Berkas ini tidak berisi proses."))
    return next((diagram for diagram in found if diagram.executable), found[0])


def _change(change: changes.Change) -> dict[str, Any]:
    return {
        "group": change.group,
        "element": change.element,
        "mark": change.mark,
        "message": str(change.said),
        "old": None if change.old is None else str(change.old),
        "new": None if change.new is None else str(change.new),
    }


def print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    """Case values in plain JSON: dates as ISO text, decimals as numbers."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "element": finding.element,
        "message": str(finding.message),
        "clause": finding.clause,
        "path": list(finding.path),
    }


def as_line(finding: Finding) -> str:
    element = f"{finding.element}: " if finding.element else ""
    source = ", ".join(filter(None, (finding.rule, finding.clause)))
    return f"{finding.severity.value}: {element}{finding.message} [{source}]"
