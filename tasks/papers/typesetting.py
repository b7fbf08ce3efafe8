"""Setting a document: a template and plain data become a PDF, always the same bytes.

Typst sets it: tagged (PDF/UA-1), its fonts embedded and its own, so that nothing of the machine
shows in it. Data reaches a template as JSON, never as markup; what a person typed stays text.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import segno
import typst

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES = Path(__file__).parent
_NAMES = re.compile(rb"\bg[0-9A-F]{32}\b")  # of letters' shapes


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of ``<template>.typ``; ``data`` is JSON, with all numbers and days as shown.

    The template reads it by ``json(bytes(sys.inputs.data))``; ``data["at"]`` is the document's own
    date, ``yyyy-mm-dd``, since the time of setting must not show.
    """
    set_: bytes = typst.compile(**_given(template, data), pdf_standards=["ua-1"])
    return set_


def svg_pages(template: str, data: Mapping[str, Any]) -> list[bytes]:
    """The same as pictures, one a page, with letters as shapes."""
    pages: bytes | list[bytes] = typst.compile(**_given(template, data), format="svg")
    return [_shortened(page) for page in ([pages] if isinstance(pages, bytes) else pages)]


def _shortened(page: bytes) -> bytes:
    """A picture without what goes without saying, and with short names: two fifths shorter."""
    names: dict[bytes, bytes] = {}
    short = _NAMES.sub(lambda found: names.setdefault(found[0], b"g%d" % len(names)), page)
    return short.replace(b' fill="#000000" fill-rule="nonzero"', b"").replace(b' y="0"', b"")


def measured(template: str, data: Mapping[str, Any]) -> Any:
    """What a template says of its measures: JSON in metadata with the label ``<measures>``."""
    found = typst.query(**_given(template, data), selector="<measures>", field="value", one=True)
    return orjson.loads(found)


def _given(template: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "input": TEMPLATES / f"{template}.typ",
        "root": TEMPLATES,
        "sys_inputs": {"data": orjson.dumps(data).decode()},
        "ignore_system_fonts": True,
    }


def can_draw(svg: str) -> bool:
    """Whether a picture can be set."""
    template = b'#image(bytes(sys.inputs.picture), format: "svg")'
    try:
        typst.compile(template, sys_inputs={"picture": svg}, ignore_system_fonts=True)
    except typst.TypstError:
        return False
    return True


def qr(text: str) -> str:
    """A QR code as SVG, for a template to place by ``image(bytes(…))``."""
    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=2)
    return drawn.getvalue().decode()
