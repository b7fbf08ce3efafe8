"""Putting a diagram into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bpmn.findings import Severity
from bpmn.messages import message
from engine import deployments, publications
from engine.checking import check
from engine.errors import DiagramRefused
from engine.settings import Settings
from tasks.handlers import HANDLERS
from web import operations
from web.diagram_commands import as_line, drawn_file
from web.given_files import read

if TYPE_CHECKING:
    from pathlib import Path

    from engine.checking import Report


@click.command()
@drawn_file
@click.option(
    "--note",
    default="Diberlakukan dari baris perintah.",
    show_default=True,
    help="Catatan perubahan.",
)
def deploy(file: Path, note: str) -> None:
    """Periksa, simpan sebagai versi, dan berlakukan untuk kasus baru."""
    source = read(file)
    _require_activatable(check(source))
    db = operations.opened(Settings.from_environment())
    with db.read() as session:
        _require_activatable(deployments.full_report(session, source, HANDLERS))
    deployed = deployments.deploy(db, source)
    with db.read() as session:
        before = deployments.in_force(session, deployed.key)
    definition = deployments.activate(db, deployed.id, topics=HANDLERS)
    if before is None or before.id != definition.id:
        publications.note_done(db, definition, note)
    click.echo(f"{definition.key}: versi {definition.version} berlaku ({definition.digest[:12]}).")


def _require_activatable(report: Report) -> None:
    if report.may_activate:
        return
    for finding in report.worst(Severity.ERROR, Severity.BLOCKING):
        click.echo(as_line(finding), err=True)
    raise DiagramRefused(message("Diagram ditolak; tidak ada yang berubah."))
