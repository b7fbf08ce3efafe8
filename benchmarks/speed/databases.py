"""Empty databases of each kind, with every commit on disk."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from benchmarks.timers import Durable

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("SQLite", "PostgreSQL")


class Maker(Protocol):
    """Makes a database of a name and says its URL: an empty one, or one like another."""

    def __call__(self, name: str, like: str | None = None) -> str: ...


@contextmanager
def makers(*named: str) -> Iterator[dict[str, Maker]]:
    """What makes databases of each kind that is named; without names, of all."""
    with tempfile.TemporaryDirectory(prefix="alur-", ignore_cleanup_errors=True) as directory:
        here = Path(directory)
        files: dict[str, Maker] = {"SQLite": _files(here)}
        if "PostgreSQL" not in (named or KINDS):
            yield files
            return
        server = Durable(here, here)
        server.start()
        try:
            made = files | {"PostgreSQL": _databases(server)}
            yield {kind: made[kind] for kind in named or KINDS}
        finally:
            server.stop()


def _files(directory: Path) -> Maker:
    def make(name: str, like: str | None = None) -> str:
        file = directory / f"{name}.sqlite"
        if like is not None:  # closed, and so without a journal beside it
            shutil.copy(directory / f"{like}.sqlite", file)
        return f"sqlite:///{file}"

    return make


def _databases(server: Durable) -> Maker:
    def make(name: str, like: str | None = None) -> str:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {like or 'template1'}")
        return server.url(name)

    return make
