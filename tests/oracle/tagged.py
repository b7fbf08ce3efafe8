"""A tagged PDF, read as a screen reader does: the tables of its structure, cell by cell."""

import ctypes
import io
from collections import defaultdict
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium
from pyhanko.pdf_utils.reader import PdfFileReader

BREAK = "\u200b"  # where a word may be broken


@dataclass
class Cell:
    """A cell's words, what is said in place of the picture in it, and where the words stand.

    The boxes of their pieces: left, bottom, right and top, in points from the lower left corner.
    """

    words: str
    said: str
    boxes: list


def tables(pdf):
    """Each table as rows of cells; heads count as rows."""
    reader = PdfFileReader(io.BytesIO(pdf))
    texts = _texts(pdf)
    pages = {number: place for place, number in enumerate(_pages(reader.root["/Pages"]))}
    found = []
    for element in _elements(reader.root["/StructTreeRoot"]):
        if element["/S"] == "/Table":
            rows = [row for row in _elements(element) if row["/S"] == "/TR"]
            found.append([[_cell(cell, texts, pages) for cell in _cells(row)] for row in rows])
    return found


def _pages(tree):
    """The numbers of the objects that pages are, in order."""
    for kid in tree["/Kids"]:
        if "/Kids" in kid.get_object():
            yield from _pages(kid.get_object())
        else:
            yield kid.idnum


def _cells(row):
    return [one for one in _kids(row) if isinstance(one, dict) and one["/S"] in ("/TD", "/TH")]


def _cell(element, texts, pages):
    said = [str(one["/Alt"]) for one in _elements(element) if "/Alt" in one]
    pieces = [piece for page, mark in _marks(element) for piece in texts[pages[page], mark]]
    boxes = [box for _, _, box in pieces]
    return Cell(_whole(pieces), " ".join(said), boxes)


def _whole(pieces):
    """The words of pieces at their heights; one that is broken over lines is whole again."""
    words, last = "", None
    for height, piece, _ in pieces:
        words += " " if last not in (None, height) and not words.endswith(BREAK) else ""
        words, last = words + piece, height
    return " ".join(words.replace(BREAK, "").split())


def _elements(element):
    for kid in _kids(element):
        if isinstance(kid, dict) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _kids(element):
    kids = element.get("/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    return [kid.get_object() if hasattr(kid, "get_object") else kid for kid in kids]


def _marks(element):
    """The pieces of pages that an element marks, by the number of the page's object."""
    for kid in _kids(element):
        if isinstance(kid, int):
            yield element.raw_get("/Pg").idnum, int(kid)
        elif "/MCID" in kid:
            holder = kid if "/Pg" in kid else element
            yield holder.raw_get("/Pg").idnum, int(kid["/MCID"])
        else:
            yield from _marks(kid)


def _texts(pdf):
    """The pieces of text of each mark, by page and mark: at which height, what, and its box."""
    found = defaultdict(list)
    document = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(document):
        text = page.get_textpage()
        for piece in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            mark = pdfium.FPDFPageObj_GetMarkedContentID(piece.raw)
            height, box = round(piece.get_matrix().f, 1), piece.get_bounds()
            found[number, mark].append((height, _words(piece, text), box))
    return found


def _words(piece, text):
    size = pdfium.FPDFTextObj_GetText(piece.raw, text.raw, None, 0)
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFTextObj_GetText(
        piece.raw, text.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size
    )
    return buffer.raw.decode("utf-16-le").rstrip("\0")
