"""The command line: one clear sentence and an exit code for whatever goes wrong, no traceback.

A command is imported when it is run: nobody waits for what another needs.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn, cast

import click

from bpmn.messages import AlurError
from engine import logs
from engine.settings import log_style

if TYPE_CHECKING:
    from types import ModuleType

# Where each command is, and what it says of itself (a test compares them).
COMMANDS = {
    "backup": (
        "database_commands", "back_up",
        "Cadangkan basis data ke satu berkas, juga selagi Alur melayani.",
    ),
    "campaign": (
        "campaign_commands", "campaign",
        "Mulai sebuah proses untuk banyak pegawai, dan atur jalannya.",
    ),
    "check": (
        "diagram_commands", "check",
        "Periksa sebuah diagram; keluar dengan 1 bila ada kesalahan atau halangan.",
    ),
    "demo": (
        "serving_commands", "demo",
        "Muat kantor contoh beserta SOP SKP, lalu layani di komputer ini.",
    ),
    "deploy": (
        "deployment_commands", "deploy",
        "Periksa, simpan sebagai versi, dan berlakukan untuk kasus baru.",
    ),
    "diff": (
        "diagram_commands", "diff",
        "Katakan apa yang berbeda antara dua diagram; keluar dengan 0, juga bila ada.",
    ),
    "dry-run": (
        "trial_commands", "dry_run",
        "Jalankan diagram di memori dengan jawaban yang diberikan, tanpa jejak.",
    ),
    "history": (
        "history_commands", "history",
        "Riwayat kasus: segel, periksa, keluarkan.",
    ),
    "import-sop": (
        "sop_import_command", "import_sop",
        "Buat diagram dari tabel SOP (DOCX, XLSX, CSV, Markdown, teks), dan laporkan dugaannya.",
    ),
    "layout": (
        "diagram_commands", "layout",
        "Tata gambar sebuah diagram yang tata letaknya tidak ada atau tidak utuh.",
    ),
    "message": (
        "database_commands", "send_message",
        "Kirim pesan dari luar kepada kasus yang menunggunya; dikerjakan oleh serve atau worker.",
    ),
    "migrate": (
        "database_commands", "migrate",
        "Bawa basis data ke susunan rilis ini, juga selagi Alur melayani.",
    ),
    "people": (
        "people_commands", "people",
        "Pegawai: impor, ekspor, administrator.",
    ),
    "restore": (
        "database_commands", "restore",
        "Pulihkan basis data dari sebuah cadangan; Alur tidak boleh sedang melayani.",
    ),
    "rules": (
        "rules_command", "rules",
        "Jelaskan aturan pemeriksaan: semuanya, atau satu dengan contohnya.",
    ),
    "serve": (
        "serving_commands", "serve",
        "Layani halaman web, dan kerjakan yang jatuh tempo.",
    ),
    "sop": (
        "sop_command", "sop",
        "Cetak SOP sebuah diagram sebagai PDF, atau bagan alirnya sebagai SVG.",
    ),
    "verify": (
        "verification_command", "verify",
        "Periksa tanda tangan PDF; keluar dengan 0 hanya bila utuh, lengkap dan dipercaya.",
    ),
    "worker": (
        "serving_commands", "worker",
        "Kerjakan yang jatuh tempo: timer, pengingat, surel, layanan.",
    ),
}  # fmt: skip


class Commands(click.Group):
    """The commands of the table above."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Their names, in the order in which help shows them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if name not in COMMANDS:
            return None
        module, command, _ = COMMANDS[name]
        return cast("click.Command", getattr(_imported(module), command))

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Names and what they say of themselves, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (*_, said) in COMMANDS.items()])


def _imported(module: str) -> ModuleType:
    """What is imported stays: looking for garbage in it would take an eighth of the time."""
    gc.disable()
    try:
        return import_module(f"web.{module}")
    finally:
        gc.enable()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="alur")
def cli() -> None:
    """Alur menjalankan SOP yang digambar sebagai diagram BPMN."""
    click.get_current_context().with_resource(logs.written(log_style()))


def main() -> NoReturn:
    """The console script."""
    os.umask(0o077)  # what it writes holds personal data
    try:
        cli(standalone_mode=False)
    except SystemExit:  # a command's own exit code, for which databases need not be asked
        raise
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AlurError as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))
    except _database_errors() as error:
        _fail(f"Basis data tidak dapat dipakai: {str(error).splitlines()[0]}")
    sys.exit(0)


def _database_errors() -> tuple[type[Exception], ...]:
    """Asked for only when something has failed; a command without a database never needs them."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    return SQLAlchemyError, CommandError


def _fail(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
