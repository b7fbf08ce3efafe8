"""What a file is: its bytes say it, and its name has to agree.

Nothing that a browser would run is taken, whatever it is called, and nothing is ever unpacked
further than a few names and one small part.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bpmn.messages import message
from engine.errors import InvalidInput
from engine.packed_files import DAMAGED

if TYPE_CHECKING:
    from collections.abc import Collection

MAX_NAME = 150  # characters
MAX_PARTS = 5_000
MAX_INFLATED = 500_000_000  # bytes that the parts of a document say they have
_MAX_TYPE_PART = 1_000_000
_DAMAGED = (*DAMAGED, OSError)
_RUN_BY_BROWSERS = re.compile(rb"<(?:!doctype|\?xml|html|head|body|script|svg|iframe)", re.I)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ODF = "application/vnd.oasis.opendocument."
_OOXML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class Kind:
    """A type of file: its media type, the endings of its names, and the test of its bytes."""

    media_type: str
    endings: tuple[str, ...]
    group: str
    fits: Callable[[bytes], bool]


def _pdf(data: bytes) -> bool:
    return data.startswith((b"%PDF-1.", b"%PDF-2.")) and b"%%EOF" in data[-2048:]


def _png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR") and b"IEND" in data[-64:]


def _jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data


def _text(data: bytes) -> bool:
    """Text in UTF-8 or Windows' letters that is no page and no program."""
    if _CONTROLS.search(data) or data.startswith(_PROGRAMS) or _RUN_BY_BROWSERS.search(data[:4096]):
        return False
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return False
    return True


def _office(main: str) -> Callable[[bytes], bool]:
    def fits(data: bytes) -> bool:
        parts = _parts(data)
        return "[Content_Types].xml" in parts and main in parts and not _has_macros(parts)

    return fits


def _open_document(kind: str) -> Callable[[bytes], bool]:
    said = (_ODF + kind).encode()

    def fits(data: bytes) -> bool:
        parts = _parts(data)
        return next(iter(parts), "") == "mimetype" and _begins(data, "mimetype", said)

    return fits


def _parts(data: bytes) -> list[str]:
    """The names of the parts of a document; none for what is no such file, or a bomb."""
    if not data.startswith(b"PK\x03\x04"):
        return []
    try:
        with ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
    except _DAMAGED:
        return []
    plain = all(
        part.compress_type in (ZIP_STORED, ZIP_DEFLATED) and not part.flag_bits & 1
        for part in parts
    )
    bounded = len(parts) <= MAX_PARTS and sum(part.file_size for part in parts) <= MAX_INFLATED
    return [part.filename for part in parts] if plain and bounded else []


def _begins(data: bytes, name: str, said: bytes) -> bool:
    try:
        with ZipFile(io.BytesIO(data)) as packed, packed.open(name) as part:
            return part.read(_MAX_TYPE_PART).strip() == said
    except _DAMAGED:
        return False


def _has_macros(parts: Collection[str]) -> bool:
    return any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in parts)


KINDS = (
    Kind("application/pdf", ("pdf",), "pdf", _pdf),
    Kind("image/png", ("png",), "gambar", _png),
    Kind("image/jpeg", ("jpg", "jpeg"), "gambar", _jpeg),
    Kind(
        _OOXML + "wordprocessingml.document", ("docx",), "dokumen", _office("word/document.xml")
    ),
    Kind(_ODF + "text", ("odt",), "dokumen", _open_document("text")),
    Kind(_OOXML + "spreadsheetml.sheet", ("xlsx",), "lembar", _office("xl/workbook.xml")),
    Kind(_ODF + "spreadsheet", ("ods",), "lembar", _open_document("spreadsheet")),
    Kind("text/csv", ("csv",), "lembar", _text),
    Kind("text/plain", ("txt",), "teks", _text),
)  # fmt: skip
GROUPS = frozenset(kind.group for kind in KINDS)
IMAGES = frozenset(kind.media_type for kind in KINDS if kind.group == "gambar")


def group(media_type: str) -> str | None:
    """The group of a media type; None for one that is not taken."""
    return next((kind.group for kind in KINDS if kind.media_type == media_type), None)


def endings(groups: Collection[str] = GROUPS) -> list[str]:
    """The endings of names that these groups of types have, for a file dialog."""
    return [f".{ending}" for kind in KINDS if kind.group in groups for ending in kind.endings]


def media_type(name: str, data: bytes, groups: Collection[str] = GROUPS) -> str:
    """What a file of this name is; raises `InvalidInput` for what is not taken, or disguised."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    known = [kind for kind in KINDS if ending in kind.endings and kind.group in groups]
    if not known:
        said = message(
            'Berkas "{name}" tidak diterima di sini. Yang diterima: {endings}.',
            name=name, endings=", ".join(endings(groups)),
        )  # fmt: skip
        raise InvalidInput(said)
    if not data:
        raise InvalidInput(message('Berkas "{name}" kosong.', name=name))
    if not known[0].fits(data):
        said = message('Isi berkas "{name}" bukan berkas .{ending}.', name=name, ending=ending)
        raise InvalidInput(said)
    return known[0].media_type


def clean_name(given: str) -> str:
    """A name for showing and saving: no path, no hidden letters, not long; with its ending."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    # Category C: controls, and what makes "exe.pdf" of "fdp.exe" for the eye.
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", " ".join(name.split())).rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        return name[:MAX_NAME] or "berkas"
    return (stem[: MAX_NAME - len(ending) - 1].strip(". ") or "berkas") + "." + ending[:10]
