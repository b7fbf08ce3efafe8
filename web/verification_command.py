"""``alur verify``: the same judgement on the command line."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from engine import signatures
from engine.settings import Settings
from tasks.signatures import wording
from tasks.signatures.judging import MOST_BYTES, judge_apart
from web import operations

if TYPE_CHECKING:
    from tasks.signatures.verification import Verdict


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def verify(file: Path, style: str) -> None:
    """Periksa tanda tangan PDF; keluar dengan 0 hanya bila utuh, lengkap dan dipercaya."""
    settings = Settings.from_environment()
    with file.open("rb") as opened:
        data = opened.read(MOST_BYTES + 1)
    verdict = judge_apart(settings, data)
    db = operations.opened(settings)
    digest = hashlib.sha256(data).hexdigest()
    with db.read() as session:
        is_kept = signatures.is_kept(session, digest)
    if style == "json":
        click.echo(json.dumps(_as_json(verdict, digest, is_kept=is_kept), indent=2))
    else:
        _say(verdict, ZoneInfo(settings.zone), is_kept=is_kept)
    sys.exit(0 if verdict.is_good else 1)


def _as_json(verdict: Verdict, digest: str, *, is_kept: bool) -> dict[str, Any]:
    good = {"good": verdict.is_good, "digest": digest, "kept": is_kept}
    return good | verdict.as_dict()


def _say(verdict: Verdict, zone: ZoneInfo, *, is_kept: bool) -> None:
    for one in verdict.signatures:
        click.echo(f"{one.holder or '–'} {one.serial} · {wording.moment(one, zone)}")
        for said in wording.of_one(one):
            click.echo(f"  {said}")
    click.echo(str(wording.kept(is_kept=is_kept)))
    click.echo(str(wording.of_all(verdict)))
