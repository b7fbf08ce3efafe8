"""Files that a command is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpmn.messages import message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path


def read(file: Path) -> bytes:
    """What is in a file that a command was given; raises `InvalidInput`."""
    try:
        return file.read_bytes()
    except OSError as error:
        said = message("{file} tidak dapat dibaca: {reason}", file=file, reason=error.strerror)
        raise InvalidInput(said) from error
