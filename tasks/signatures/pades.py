"""Signing a PDF: one incremental update, its look on the page, and a CMS from whoever signs.

What was there before stays as it was, byte for byte, at the beginning of what comes out.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import PdfSignedData

from bpmn.messages import message
from engine.errors import SignerUnreachable, Unsignable
from tasks.papers import typesetting
from tasks.signatures import fields

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

RESERVED = 32_768  # hexadecimal digits for the CMS: 16 KB with a chain of certificates


@dataclass(frozen=True)
class Look:
    """What is seen in a place: a head line, lines below it, and their colour (``#rrggbb``)."""

    head: str
    lines: list[str]
    color: str


def signed(
    pdf: bytes, number: int, look: Look, name: str, at: datetime, sign: Callable[[bytes], bytes]
) -> bytes:
    """The document with one more signature; ``sign`` makes a CMS over a SHA-256 digest.

    ``at`` is the claimed time of signing; it stands in the signature's dictionary (``/M``), as
    ETSI EN 319 142-1 wants it instead of in the CMS. Raises `Unsignable` for what is no document
    of ours, and what ``sign`` raises.
    """
    try:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        fields.make(writer)
        widget, box = fields.box_of(writer, number)
        _dress(writer, widget, look, box)
    except (PdfError, KeyError, IndexError, TypeError, ValueError) as error:
        said = message("Berkas dokumen ini tidak dapat ditandatangani. Hubungi administrator.")
        raise Unsignable(said) from error
    return _embed(writer, number, name, at, sign)


def _embed(
    writer: IncrementalPdfFileWriter,
    number: int,
    name: str,
    at: datetime,
    sign: Callable[[bytes], bytes],
) -> bytes:
    embedding = PdfCMSEmbedder().write_cms(fields.called(number), writer, existing_fields_only=True)
    next(embedding)
    about = PdfSignedData(pdf_name("/Sig"), SigSeedSubFilter.PADES, at, bytes_reserved=RESERVED)
    about[pdf_name("/Name")] = generic.TextStringObject(name)
    embedding.send(SigObjSetup(sig_placeholder=about))
    prepared, output = embedding.send(SigIOSetup(md_algorithm="sha256"))
    cms = sign(prepared.document_digest)
    if 2 * len(cms) > RESERVED:
        raise SignerUnreachable(message("Tanda tangan dari penyedia terlalu besar."))
    embedding.send(cms)
    made: bytes = output.getvalue()
    return made


def _dress(writer: IncrementalPdfFileWriter, widget: Any, look: Look, box: fields.Box) -> None:
    """Gives a place its look: a page of its size, whose letters bring their font with them."""
    width, height = box
    shown = {"head": look.head, "lines": look.lines, "color": look.color}
    page = typesetting.pdf("signature", shown | {"width": width, "height": height})
    drawn = writer.import_page_as_xobject(PdfFileReader(io.BytesIO(page)))
    widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})
    writer.update_container(widget)
