"""The places of a typeset document made signature fields, without losing its tags (PDF/UA-1).

A template marks a place by a link (`signing.typ`), whose annotation has the exact box and stands in
the document's structure already. It becomes the field's widget under the same number: the structure
goes on naming it, now as a form element with one child, as ISO 14289-1, 7.18.4 asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

from bpmn.messages import message
from engine.errors import Unsignable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

MARK = "alur:tanda-tangan/"
_PRINTED, _LOCKED = 4, 128
_SIGNED_APPEND_ONLY = 3
Box = tuple[float, float]  # width and height, in points


def called(number: int) -> str:
    """What the field of a place is called."""
    return f"TandaTangan{number}"


def make(writer: IncrementalPdfFileWriter) -> None:
    """Makes fields of all marked places, unless the document has fields already."""
    if "/AcroForm" in writer.root:
        return
    made = generic.ArrayObject()
    for page, annotation in _marked(writer):
        _become_field(writer, page, annotation)
        made.append(annotation)
    form = {
        pdf_name("/Fields"): made,
        pdf_name("/SigFlags"): generic.NumberObject(_SIGNED_APPEND_ONLY),
    }
    writer.root[pdf_name("/AcroForm")] = writer.add_object(generic.DictionaryObject(form))
    writer.update_root()


def box_of(writer: IncrementalPdfFileWriter, number: int) -> tuple[Any, Box]:
    """A place's widget, and its size; raises `Unsignable` where the document has none."""
    fields = writer.root["/AcroForm"]["/Fields"]
    for reference in fields:
        widget = reference.get_object()
        if widget["/T"] == called(number):
            left, bottom, right, top = (float(one) for one in widget["/Rect"])
            return widget, (right - left, top - bottom)
    raise Unsignable(
        message(
            "Berkas dokumen ini tidak punya tempat tanda tangan ke-{n}, jadi tidak dapat"
            " ditandatangani. Hubungi administrator.",
            n=number,
        )
    )


def _marked(writer: IncrementalPdfFileWriter) -> Iterator[tuple[Any, Any]]:
    """The pages and annotations of all places, each place once."""
    seen: set[str] = set()
    for number in range(int(writer.root["/Pages"]["/Count"])):
        page, _ = writer.find_page_for_modification(number)
        for annotation in page.get_object().get("/Annots", ()):
            address = str(annotation.get_object().get("/A", {}).get("/URI", ""))
            if address.startswith(MARK) and address not in seen:
                seen.add(address)
                yield page, annotation


def _become_field(writer: IncrementalPdfFileWriter, page: Any, annotation: Any) -> None:
    widget = annotation.get_object()
    number, _, name = str(widget["/A"]["/URI"]).removeprefix(MARK).partition("/")
    for key in ("/A", "/Border", "/Contents"):
        widget.pop(key, None)
    said = f"Tanda tangan {unquote(name)}".strip()
    widget.update(
        {
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): generic.TextStringObject(called(int(number))),
            pdf_name("/TU"): generic.TextStringObject(said),
            pdf_name("/Contents"): generic.TextStringObject(said),
            pdf_name("/F"): generic.NumberObject(_PRINTED | _LOCKED),
            pdf_name("/P"): page,
        }
    )
    writer.update_container(widget)
    _tag_as_form(writer, int(widget["/StructParent"]))


def _tag_as_form(writer: IncrementalPdfFileWriter, struct_parent: int) -> None:
    """Names the element of a link a form's; looked for in the flat list that Typst writes.

    Its one child stands there without an array: so pyHanko knows a field that is signed later.
    """
    numbers = writer.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    known = [int(numbers[place]) for place in range(0, len(numbers), 2)]
    element = numbers[known.index(struct_parent) * 2 + 1]
    element[pdf_name("/S")] = pdf_name("/Form")
    element[pdf_name("/K")] = element["/K"][0]
    writer.update_container(element)
