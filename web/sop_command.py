"""The SOP documents of diagrams in files, without an installation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bpmn import reading
from bpmn.elements import diagrams
from bpmn.messages import AlurError, message
from bpmn.sop.folding import folded
from engine.errors import InvalidInput
from tasks.papers import sop as papers
from web.given_files import each, read

if TYPE_CHECKING:
    from bpmn.diagram import Diagram
    from bpmn.sop.document import Sop


@click.command()
@click.argument(
    "diagrams_", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "-o", "out", type=click.Path(path_type=Path),
    help="Berkas hasil: .pdf, atau .svg untuk bagan alirnya, satu berkas tiap halaman.",
)  # fmt: skip
@click.option(
    "--out-dir", type=click.Path(path_type=Path), help="Folder hasil, dari banyak berkas."
)
@click.option("--process", "key", help="ID proses, bila berkas memuat lebih dari satu.")
@click.option("--replace", is_flag=True, help="Ganti berkas yang sudah ada.")
def sop(
    diagrams_: tuple[Path, ...],
    out: Path | None,
    out_dir: Path | None,
    key: str | None,
    replace: bool,
) -> None:
    """Cetak SOP sebuah diagram sebagai PDF, atau bagan alirnya sebagai SVG."""
    if out is not None and out_dir is None and len(diagrams_) == 1:
        for line in _printed(diagrams_[0], out, replace, key):
            click.echo(line, err=True)
    elif out is None and out_dir is not None and key is None:
        _many(diagrams_, out_dir, replace)
    else:
        raise InvalidInput(message("Satu berkas dengan -o, atau beberapa dengan --out-dir."))


def _many(files: tuple[Path, ...], out_dir: Path, replace: bool) -> None:
    results = each(files, out_dir, ".pdf", replace, _printed)
    for file, said in results:
        for line in [str(said)] if isinstance(said, AlurError) else said:
            click.echo(f"{file}: {line}", err=True)
    sys.exit(1 if any(isinstance(said, AlurError) for _, said in results) else 0)


def _printed(file: Path, out: Path, replace: bool, key: str | None = None) -> list[str]:
    """Writes the document of a diagram; gives what it cannot say."""
    if out.suffix not in (".pdf", ".svg"):
        raise InvalidInput(message("{file}: namanya harus berakhir .pdf atau .svg.", file=out))
    found = folded(_chosen(read(file), key))
    files = _files(found.sop, out)
    for there in files:
        if there.exists() and not replace:
            raise InvalidInput(message("{file} sudah ada.", file=there))
    for there, content in files.items():
        there.write_bytes(content)
        click.echo(there)
    return [f"{untold.element}: {untold.said}" for untold in found.untold]


def _chosen(source: bytes, key: str | None) -> Diagram:
    """The process that is meant: the one that is executed, where there is one."""
    found = diagrams(reading.read(source))
    executable = [diagram for diagram in found if diagram.executable] or found
    fitting = [d for d in found if d.key == key] if key is not None else executable
    if not found:
        raise InvalidInput(message("Berkas ini tidak berisi proses."))
    if not fitting:
        raise InvalidInput(message('Tidak ada proses "{key}" dalam berkas ini.', key=key))
    if len(fitting) > 1:
        keys = ", ".join(diagram.key for diagram in fitting)
        raise InvalidInput(message("Pilih satu dengan --process: {keys}", keys=keys))
    return fitting[0]


def _files(sop: Sop, out: Path) -> dict[Path, bytes]:
    """What is to be written; pages of SVG have their number before the suffix: ``X-1.svg``."""
    if out.suffix == ".pdf":
        return {out: papers.pdf(sop)}
    pages = enumerate(papers.svg_pages(sop), 1)
    return {out.with_stem(f"{out.stem}-{number}"): page for number, page in pages}
