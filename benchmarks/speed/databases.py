"""Empty databases of each kind, with every commit on disk."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.timers import Durable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS = ("SQLite", "PostgreSQL")


@contextmanager
def makers(*named: str) -> Iterator[dict[str, Callable[[str], str]]]:
    """For each kind of database that is named a function that makes one; without names, of all."""
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        makers = {"SQLite": lambda name: f"sqlite:///{directory}/{name}.sqlite"}
        if "PostgreSQL" not in (named or KINDS):
            yield makers
            return
        server = Durable(Path(directory), Path(directory))
        server.start()
        try:
            made = makers | {"PostgreSQL": lambda name: _created(server, name)}
            yield {kind: made[kind] for kind in named or KINDS}
        finally:
            server.stop()


def _created(server: Durable, name: str) -> str:
    server.execute(f"CREATE DATABASE {name}")
    return server.url(name)
