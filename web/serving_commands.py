"""The commands that run until they are ended: the server, a worker, and the sample office."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import click
import prometheus_client
import waitress

from bpmn.messages import message
from engine import deployments, installation, measures, sample
from engine.errors import InvalidInput
from engine.settings import Settings
from engine.signature_settings import TEST
from engine.worker import Worker
from tasks import past
from tasks.duties import TOGETHER, arm_rounds, duties
from web import draining, operations
from web.app import create_app, own_key

if TYPE_CHECKING:
    from engine.database import Database


@click.command()
@click.option("--no-worker", is_flag=True, help="Hanya halaman web; pekerjaan oleh alur worker.")
def serve(no_worker: bool) -> None:
    """Layani halaman web, dan kerjakan yang jatuh tempo."""
    settings = Settings.from_environment()
    db = operations.opened(settings)
    _serve(settings, db, None if no_worker else _worker(settings, db))


@click.command()
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


@click.command()
@click.option(
    "--cases", type=click.IntRange(0, past.MOST), default=0, metavar="N",
    help="Isi setahun terakhir dengan N kasus karangan, sebelum kantor ini pertama kali melayani.",
)  # fmt: skip
def demo(cases: int) -> None:
    """Muat kantor contoh beserta SOP SKP, lalu layani di komputer ini."""
    settings = Settings.from_environment({"ALUR_SIGNATURES": TEST, **os.environ})
    db = operations.opened(settings)
    sample.load(db)
    if cases:
        _play(settings, db, cases)
    definition = deployments.deploy(db, past.SOP.read_bytes())
    with db.read() as session:
        standing = deployments.in_force(session, definition.key)
    # An analyst may have put another version into force since.
    if standing is None or past.is_of_then(standing):
        deployments.activate(db, definition.id)
    _introduce(settings)
    _serve(settings, db, _worker(settings, db))


def _play(settings: Settings, db: Database, wanted: int) -> None:
    """Plays a past; what is played stays, also when it is left off."""
    with db.read() as session:
        there, is_over = past.count(session), past.is_over(session)
    if is_over or there >= wanted:
        click.echo(f"Masa lalu kantor contoh ini sudah ada: {there} kasus.")
        return
    playing = past.play(db, settings, wanted)
    try:
        with click.progressbar(playing, length=wanted, label="Kasus", file=sys.stderr) as shown:
            for _ in shown:
                pass
    except KeyboardInterrupt:
        click.echo("\nDihentikan. Jalankan lagi untuk melanjutkan.", err=True)
        raise


def _worker(settings: Settings, db: Database) -> Worker:
    arm_rounds(db)
    return Worker(db, duties(settings), settings.broker, TOGETHER)


def _serve(settings: Settings, db: Database, working: Worker | None) -> None:
    app = create_app(settings, db, working, installation.session_key(db, own_key(settings)))
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
    stopping = threading.Thread(target=working.stop if working is not None else None)
    if working is not None:
        working.start()
    click.echo(f"Alur: http://{host}:{port}/")
    draining.serve(server, app.extensions["alur-going"], settings.drain_seconds, stopping.start)
    stopping.join()  # what it has begun is finished too


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
