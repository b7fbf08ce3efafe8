"""The agency's logo, as it stands on official documents: one picture for the whole installation."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from bpmn.messages import message
from engine.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 500_000
_PNG = b"\x89PNG\r\n\x1a\n"
_SVG = "{http://www.w3.org/2000/svg}svg"


def read(path: Path) -> str:
    """The picture of an SVG or PNG file as SVG; raises `InvalidInput` naming the setting."""
    try:
        content = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    except OSError as error:
        said = message("ALUR_LOGO: berkas {file} tidak dapat dibaca.", file=path)
        raise InvalidInput(said) from error
    if content.startswith(_PNG) and len(content) > 24:
        return _wrapped(content)
    if not _is_svg(content):
        raise InvalidInput(message("ALUR_LOGO harus berkas SVG atau PNG, paling besar 500 KB."))
    return content.decode()


def _is_svg(content: bytes) -> bool:
    from lxml import etree  # noqa: PLC0415  (every command reads the settings, few have a logo)

    parser = etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
    try:
        return bool(content) and etree.fromstring(content, parser).tag == _SVG
    except etree.XMLSyntaxError:
        return False


def _wrapped(content: bytes) -> str:
    """A PNG within an SVG of its size, which the head of the file says."""
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    picture = f"data:image/png;base64,{b64encode(content).decode()}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{picture}"/></svg>'
    )
