"""Files that are archives of parts (DOCX, XLSX), of which nothing is believed."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from lxml import etree

from bpmn.messages import message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from lxml.etree import _Element

    from bpmn.messages import Message

MACROS = ("vbaproject.bin", "vbadata.xml")
MAX_PARTS = 1_000
MAX_XML = 30_000_000  # bytes of a part that is read as a whole
DAMAGED = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError)
_CHUNK = 2**16
_DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


@dataclass(frozen=True)
class Refusals:
    """What is said of a kind of file that is damaged, or that unpacks to too much."""

    damaged: Message
    too_big: Message


def require_harmless(data: bytes, most: int, refusals: Refusals) -> None:
    """Inflates every part and keeps nothing: what a file says of its sizes proves nothing.

    ``most`` are bytes of all parts. Raises `InvalidInput`.
    """
    left = most
    try:
        with ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
            if len(parts) > MAX_PARTS or any(
                part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts
            ):
                raise InvalidInput(refusals.damaged)
            for part in parts:
                left -= _inflated(book, part.filename, left, refusals)
    except DAMAGED as error:
        raise InvalidInput(refusals.damaged) from error


def _inflated(book: ZipFile, name: str, most: int, refusals: Refusals) -> int:
    size, tail = 0, b""
    with book.open(name) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise InvalidInput(refusals.too_big)
            if any(mark in tail + chunk for mark in _DOCTYPES):  # an entity could be anything
                raise InvalidInput(refusals.damaged)
            tail = chunk[-len(_DOCTYPES[1]) :]
    return size


def names(data: bytes) -> list[str]:
    """The names of the parts of an archive."""
    try:
        with ZipFile(io.BytesIO(data)) as book:
            return book.namelist()
    except DAMAGED as error:
        raise InvalidInput(message("Berkas DOCX atau XLSX ini rusak.")) from error


def part(book: ZipFile, name: str) -> _Element | None:
    """A part of an archive that was found harmless, as XML; None where it has none of that name.

    Raises `ValueError` for what is too big or no XML.
    """
    try:
        if book.getinfo(name).file_size > MAX_XML:
            raise ValueError(name)
    except KeyError:
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_pis=True, remove_comments=True,
    )  # fmt: skip
    try:
        return etree.fromstring(book.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(name) from error
