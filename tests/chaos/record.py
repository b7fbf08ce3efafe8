"""What every client has asked and what it was told, a line of JSON each."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCEPTED, REFUSED, UNKNOWN = "accepted", "refused", "unknown"
CLOSED = "closed"  # a refusal that is for good: the task was closed by something else


@dataclass(frozen=True)
class Attempt:
    """One request: its seconds (of the machine's monotonic clock), and what came of it.

    ``act`` is ``start``, ``complete``, ``claim`` or ``release``; ``token`` names the deed that
    several attempts may be of. ``item`` is the task, ``key`` the procedure of a start, ``case``
    what a start has led to. ``outcome`` is ``accepted``, ``refused`` (with the ``reason``) or
    ``unknown``: no answer, or one that says that nobody knows.
    """

    act: str
    person: int
    begun: float
    ended: float
    outcome: str
    item: int | None = None
    key: str | None = None
    token: str | None = None
    case: int | None = None
    status: int | None = None
    reason: str = ""
    port: int = 0


class Record:
    """A file of attempts that any number of threads write."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._alone = threading.Lock()

    def write(self, attempt: Attempt) -> None:
        """Appends one, whole."""
        line = json.dumps(asdict(attempt), separators=(",", ":"))
        with self._alone:
            self._file.write(f"{line}\n")

    def close(self) -> None:
        """Everything is in the file."""
        self._file.close()


def read(paths: Iterator[Path]) -> list[Attempt]:
    """The attempts of these files, in the order in which they were begun."""
    found = [
        Attempt(**json.loads(line))
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return sorted(found, key=lambda one: one.begun)
