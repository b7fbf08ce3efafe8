"""The command line: one clear sentence and an exit code for whatever goes wrong, no traceback."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import prometheus_client
import waitress
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from bpmn.calls import called_among, with_called
from bpmn.diagram import HUMAN_TASKS
from bpmn.elements import diagrams
from bpmn.findings import Finding, Severity
from bpmn.messages import AlurError, message
from bpmn.reading import read
from engine import clock, deployments, logs, measures, sample
from engine.checking import check as check_source
from engine.database import Database
from engine.errors import DiagramRefused, InvalidInput
from engine.settings import Settings, log_style
from engine.signature_settings import TEST
from engine.spiff.programs import Program, compile_diagram
from engine.worker import Worker
from tasks.dry_run import Outcome
from tasks.dry_run import dry_run as run_dry
from tasks.duties import arm_rounds, duties
from tasks.handlers import HANDLERS
from web import (
    access_commands,
    history_commands,
    operations,
    people_commands,
    verification_command,
)
from web.app import create_app

if TYPE_CHECKING:
    from engine.checking import Report

ANSWERED = HUMAN_TASKS | {"serviceTask", "receiveTask"}
AWAITED = frozenset({"message", "signal"})
SOP = Path(__file__).parent.parent / "bpmn" / "skp_collection.bpmn"
as_json = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
drawn_file = click.argument("file", type=click.Path(path_type=Path))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alur")
def cli() -> None:
    """Alur menjalankan SOP yang digambar sebagai diagram BPMN."""
    click.get_current_context().with_resource(logs.written(log_style()))


@cli.command()
@click.option("--no-worker", is_flag=True, help="Hanya halaman web; pekerjaan oleh alur worker.")
def serve(no_worker: bool) -> None:
    """Layani halaman web, dan kerjakan yang jatuh tempo."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    _serve(settings, db, None if no_worker else _worker(settings, db))


@cli.command()
def worker() -> None:
    """Kerjakan yang jatuh tempo: timer, pengingat, surel, layanan."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    stopping = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stopping.set())
    if settings.metrics_port is not None:
        prometheus_client.start_http_server(
            settings.metrics_port, "127.0.0.1", registry=measures.registry(db)
        )
    working = _worker(settings, db)
    working.start()
    click.echo("Alur bekerja.")
    stopping.wait()
    working.stop()
    db.close()


@cli.command()
def demo() -> None:
    """Muat kantor contoh beserta SOP SKP, lalu layani di komputer ini."""
    settings = Settings.from_environment({"ALUR_SIGNATURES": TEST, **os.environ})
    db = operations.opened(settings)
    sample.load(db)
    definition = deployments.deploy(db, SOP.read_bytes())
    with db.read() as session:
        started = deployments.in_force(session, definition.key) is not None
    if not started:  # an analyst may have put another version into force since
        deployments.activate(db, definition.id)
    _introduce(settings)
    _serve(settings, db, _worker(settings, db))


@cli.command()
@drawn_file
@as_json
def check(file: Path, style: str) -> None:
    """Periksa sebuah diagram; keluar dengan 1 bila ada kesalahan atau halangan."""
    report = check_source(operations.read(file))
    if style == "json":
        _print_json({"findings": [_as_dict(finding) for finding in report.findings]})
    else:
        for finding in report.findings:
            click.echo(_as_line(finding))
        if not report.findings:
            click.echo("Tidak ada yang perlu diperbaiki.")
    sys.exit(1 if report.worst(Severity.ERROR, Severity.BLOCKING) else 0)


@cli.command()
@drawn_file
def deploy(file: Path) -> None:
    """Periksa, simpan sebagai versi, dan berlakukan untuk kasus baru."""
    source = operations.read(file)
    _require_activatable(check_source(source))
    db = operations.opened(Settings.from_environment())
    with db.read() as session:
        _require_activatable(deployments.full_report(session, source, HANDLERS))
    deployed = deployments.deploy(db, source)
    definition = deployments.activate(db, deployed.id, topics=HANDLERS)
    click.echo(f"{definition.key}: versi {definition.version} berlaku ({definition.digest[:12]}).")
    db.close()


@cli.command("dry-run")
@drawn_file
@click.option("--process", "key", help="ID proses, bila berkas memuat lebih dari satu.")
@click.option("--data", default="{}", help="Data awal kasus, JSON.")
@click.option("--answers", type=click.Path(path_type=Path), help='JSON: {"id": [{…}, …]}.')
@as_json
def dry_run(file: Path, key: str | None, data: str, answers: Path | None, style: str) -> None:
    """Jalankan diagram di memori dengan jawaban yang diberikan, tanpa jejak."""
    text = operations.read(answers).decode(errors="replace") if answers else "{}"
    given = _answers(_json(text, "--answers"))
    start = _json(data, "--data")
    try:
        program = _program(operations.read(file), key)
    except DiagramRefused as error:
        outcome = Outcome("error", [], error=error.message)
    else:
        _require_known(program, given)
        outcome = run_dry(program, start, given, clock.now())
    _print_outcome(outcome, style)
    sys.exit(0 if outcome.outcome == "completed" else 1)


for operation in (
    operations.migrate,
    operations.back_up,
    operations.restore,
    operations.send_message,
    people_commands.people,
    history_commands.history,
    verification_command.verify,
):
    cli.add_command(operation)
for command in (access_commands.administrator, access_commands.give_code):
    people_commands.people.add_command(command)


def main() -> NoReturn:
    """The console script."""
    os.umask(0o077)  # what it writes holds personal data
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AlurError as error:
        _fail(str(error))
    except (SQLAlchemyError, CommandError) as error:
        _fail(f"Basis data tidak dapat dipakai: {str(error).splitlines()[0]}")
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
    sys.exit(0)


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)


def _worker(settings: Settings, db: Database) -> Worker:
    arm_rounds(db)
    return Worker(db, duties(settings))


def _serve(settings: Settings, db: Database, working: Worker | None) -> None:
    app = create_app(settings, db, working)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a request that waits is no news
    host, port = settings.host, settings.port
    try:
        server = waitress.create_server(
            app, host=host, port=port, threads=settings.threads, ident=None,
            clear_untrusted_proxy_headers=not settings.proxies,  # the application knows which count
        )  # fmt: skip
    except (OSError, ValueError) as error:
        said = message(
            "Tidak dapat melayani di {host}:{port}: {reason}", host=host, port=port, reason=error
        )
        raise InvalidInput(said) from error
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # waitress then finishes its requests
    if working is not None:
        working.start()
    click.echo(f"Alur: http://{host}:{port}/")
    server.run()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what has begun is finished
    if working is not None:
        working.stop()
    db.close()


def _introduce(settings: Settings) -> None:
    labels = {
        "staff": "staf pelaksana", "assessor": "pejabat penilai", "employee": "pegawai",
        "superior": "atasan pejabat penilai", "supervisor": "pengawas", "analyst": "analis proses",
        "administrator": "administrator", "auditor": "auditor",
    }  # fmt: skip
    click.echo(f"Kantor contoh. Kata sandi semua orang: {sample.PASSWORD}")
    for role, label in labels.items():
        nip, name = sample.CAST[role][:2]
        click.echo(f"  {nip}  {name:<18} {label}")
    click.echo(f"Data: {settings.home}")


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


def _require_activatable(report: Report) -> None:
    if report.may_activate:
        return
    for finding in report.worst(Severity.ERROR, Severity.BLOCKING):
        click.echo(_as_line(finding), err=True)
    raise DiagramRefused(message("Diagram ditolak; tidak ada yang berubah."))


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
    report = check_source(source)
    errors = report.worst(Severity.ERROR)
    if errors:
        raise DiagramRefused(message("{finding}", finding=_as_line(errors[0])))
    fitting = [p for p in report.programs if key in (None, p.diagram.key)]
    if not fitting:
        raise InvalidInput(message('Tidak ada proses "{key}" dalam berkas ini.', key=key))
    if len(fitting) > 1:
        keys = ", ".join(program.diagram.key for program in fitting)
        raise InvalidInput(message("Pilih satu dengan --process: {keys}", keys=keys))
    return _with_called(fitting[0], source)


def _with_called(program: Program, source: bytes) -> Program:
    """The same with the processes that it calls, where they stand in the same file."""
    known = {diagram.key: diagram for diagram in diagrams(read(source))}
    called = called_among(program.diagram, known)
    return compile_diagram(with_called(program.diagram, called)) if called else program


def _print_outcome(outcome: Outcome, style: str) -> None:
    if style == "json":
        _print_json(
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


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    """Case values in plain JSON: dates as ISO text, decimals as numbers."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _as_dict(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "element": finding.element,
        "message": str(finding.message),
        "clause": finding.clause,
    }


def _as_line(finding: Finding) -> str:
    element = f"{finding.element}: " if finding.element else ""
    source = ", ".join(filter(None, (finding.rule, finding.clause)))
    return f"{finding.severity.value}: {element}{finding.message} [{source}]"
