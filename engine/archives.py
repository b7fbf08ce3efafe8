"""The file of a backup: a zip of ``manifest.json`` and a part of JSON lines for each table.

A line is a row, a list in the order of the manifest's columns; instants stand in it as
``{"$datetime": ISO 8601 in UTC}``, days as ``{"$date": ISO 8601}`` and bytes as ``{"$bytes":
base64}``. It is the same from SQLite and from PostgreSQL. Nothing of an archive is ever unpacked
to a file of its own.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zlib
from base64 import b64decode, b64encode
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import orjson

from bpmn.messages import Message, message
from engine import clock
from engine.errors import BackupRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FORMAT = 1
MANIFEST = "manifest.json"
MAX_MANIFEST = 1_000_000  # bytes
MAX_ROW = 2**25  # bytes; an endless line would fill the memory
BATCH_ROWS, BATCH_BYTES = 500, 2_000_000
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE
_DAMAGED = (BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Part:
    """The rows of one table; ``sha256`` is of the uncompressed lines."""

    table: str
    columns: tuple[str, ...]
    rows: int
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the archive."""
        return f"{self.table}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What an archive holds: ``revision`` is that of the schema, ``at`` when it was taken."""

    revision: str
    at: datetime
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(part.rows for part in self.parts)


class Writer:
    """An archive in the making."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self._parts: list[Part] = []

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Writes the rows of a table; how many they were."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(f"{table}.jsonl", "w", force_zip64=True) as part:
            for row in rows:
                line = orjson.dumps(list(row), default=_tagged, option=_OPTIONS)
                if len(line) > MAX_ROW:
                    raise BackupRefused(message('Satu baris "{table}" terlalu besar.', table=table))
                digest.update(line)
                part.write(line)
                count += 1
        self._parts.append(Part(table, tuple(columns), count, digest.hexdigest()))
        return count

    def finish(self, revision: str) -> Manifest:
        """Writes the manifest, without which the rest is nothing."""
        manifest = Manifest(revision, clock.now().astimezone(UTC), tuple(self._parts))
        self._archive.writestr(MANIFEST, orjson.dumps({"format": FORMAT} | asdict(manifest)))
        return manifest


class Archive:
    """An archive that is read; every fault in it is a `BackupRefused`."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.manifest = self._manifest()
        expected = [MANIFEST, *(part.file for part in self.manifest.parts)]
        if sorted(archive.namelist()) != sorted(expected):
            raise _damaged(message("isinya bukan yang tertulis di {file}", file=MANIFEST))

    def batches(self, part: Part) -> Iterator[list[dict[str, Any]]]:
        """The rows of a part by column name; its count and digest are checked at its end."""
        batch: list[dict[str, Any]] = []
        size = 0
        for line in self._lines(part):
            batch.append(_row(part, line))
            size += len(line)
            if len(batch) == BATCH_ROWS or size > BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _lines(self, part: Part) -> Iterator[bytes]:
        digest, count = hashlib.sha256(), 0
        with _reading(part.file), self._archive.open(part.file) as packed:
            lines = io.BufferedReader(packed, 2**16)  # type: ignore[type-var]  # as raw as it needs
            while line := lines.readline(MAX_ROW + 1):
                if len(line) > MAX_ROW:
                    raise _damaged(message("{file} memuat baris tanpa akhir", file=part.file))
                digest.update(line)
                count += 1
                yield line
        if (count, digest.hexdigest()) != (part.rows, part.sha256):
            raise _damaged(message("{file} bukan yang dicadangkan", file=part.file))

    def _manifest(self) -> Manifest:
        with _reading(MANIFEST):
            try:
                with self._archive.open(MANIFEST) as packed:
                    given = orjson.loads(packed.read(MAX_MANIFEST))
            except KeyError as error:
                raise BadZipFile(MANIFEST) from error
        if not isinstance(given, dict) or given.get("format") != FORMAT:
            raise BackupRefused(message("Cadangan ini bukan dari Alur, atau dari rilis lain."))
        try:
            return _as_manifest(given)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _damaged(message("{file} tidak dapat dibaca", file=MANIFEST)) from error


@contextmanager
def writing(file: Path, *, replace: bool) -> Iterator[Writer]:
    """A new archive, written as `whole` says."""
    with whole(file, replace=replace) as raw, ZipFile(raw, "w", ZIP_DEFLATED) as archive:
        yield Writer(archive)


@contextmanager
def whole(file: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """A new file, there in whole at the end of the block or not at all; for its owner alone.

    Raises `BackupRefused`.
    """
    try:
        if file.exists() and not replace:
            raise BackupRefused(message("{file} sudah ada; --replace menggantinya.", file=file))
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.parent)
        beside = Path(name)
        try:
            with os.fdopen(handle, "w+b") as raw:
                yield raw
                raw.flush()
                os.fsync(raw.fileno())
            beside.replace(file)
            sync(file.parent)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        said = message("{file} tidak dapat ditulis: {reason}", file=file, reason=error.strerror)
        raise BackupRefused(said) from error


@contextmanager
def reading(file: Path) -> Iterator[Archive]:
    """An archive to read from; raises `BackupRefused` when it is none."""
    try:
        archive = ZipFile(file)
    except OSError as error:
        said = message("{file} tidak dapat dibaca: {reason}", file=file, reason=error.strerror)
        raise BackupRefused(said) from error
    except _DAMAGED as error:
        raise _damaged(message("{file} bukan arsip, atau terpotong", file=file)) from error
    with archive:
        yield Archive(archive)


def sync(folder: Path) -> None:
    """Brings the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _tagged(value: Any) -> dict[str, str]:
    if isinstance(value, datetime):
        return {"$datetime": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, bytes):
        return {"$bytes": b64encode(value).decode()}
    raise TypeError(type(value).__name__)


def _row(part: Part, line: bytes) -> dict[str, Any]:
    try:
        values = [_untagged(value) for value in orjson.loads(line)]
        return dict(zip(part.columns, values, strict=True))
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(message("{file} memuat baris yang salah", file=part.file)) from error


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        raise TypeError("list")
    if not isinstance(value, dict):
        return value
    ((tag, text),) = value.items()
    if tag == "$bytes":
        return b64decode(text, validate=True)
    if tag == "$date":
        return date.fromisoformat(text)
    if tag != "$datetime" or (instant := datetime.fromisoformat(text)).tzinfo is None:
        raise ValueError(tag)
    return instant


def _as_manifest(given: dict[str, Any]) -> Manifest:
    parts = tuple(
        Part(str(p["table"]), tuple(p["columns"]), int(p["rows"]), p["sha256"])
        for p in given["parts"]
    )
    return Manifest(str(given["revision"]), datetime.fromisoformat(given["at"]), parts)


@contextmanager
def _reading(file: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise _damaged(message("{file} tidak dapat dibaca", file=file)) from error


def _damaged(reason: Message) -> BackupRefused:
    return BackupRefused(message("Cadangan rusak: {reason}.", reason=reason))
