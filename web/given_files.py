"""Files that a command is given."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

import click

from bpmn.messages import AlurError, message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

T = TypeVar("T")


def read(file: Path) -> bytes:
    """What is in a file that a command was given; raises `InvalidInput`."""
    try:
        return file.read_bytes()
    except OSError as error:
        said = message("{file} tidak dapat dibaca: {reason}", file=file, reason=error.strerror)
        raise InvalidInput(said) from error


def each(
    files: Sequence[Path],
    out_dir: Path,
    ending: str,
    replace: bool,
    make: Callable[[Path, Path, bool], T],
) -> list[tuple[Path, T | AlurError]]:
    """Makes a file in a folder of each, with progress; what one comes to keeps no other from it.

    ``make`` is told the file, what is made of it, and whether to replace that; what another of
    these files has been made into is never replaced.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    results: list[tuple[Path, T | AlurError]] = []
    with click.progressbar(files, label="SOP", file=sys.stderr) as shown:
        for file in shown:
            is_ours = any(file.stem == other.stem for other, _ in results)
            try:
                made = make(file, out_dir / f"{file.stem}{ending}", replace and not is_ours)
                results.append((file, made))
            except AlurError as error:
                results.append((file, error))
    return results
