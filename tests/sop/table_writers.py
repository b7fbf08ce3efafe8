"""SOPs as files of tables, as an office would write them: each format by a small writer of ours."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from openpyxl import Workbook

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w={quoteattr(W)}
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:v="urn:schemas-microsoft-com:vml">
<w:body>"""
_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/></Types>"""
_NUMBERING = f"""<?xml version="1.0" encoding="UTF-8"?>
<w:numbering xmlns:w={quoteattr(W)}><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0">
<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


@dataclass(frozen=True)
class C:
    """A cell: ``span`` columns wide, ``rows`` high; ``raw`` is XML of DOCX beside its text.

    ``listed`` numbers its paragraphs by the list of that id.
    """

    text: str = ""
    span: int = 1
    rows: int = 1
    raw: str = ""
    listed: str = ""


@dataclass
class Layout:
    """Where each cell of a table lies, what is merged counted in."""

    rows: Sequence[Sequence[C | str]]
    cells: list[list[tuple[int, C, bool]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        waiting: dict[int, tuple[int, C]] = {}
        for row in self.rows:
            line, place, given = [], 0, iter(row)
            while True:
                if place in waiting:
                    left, cell = waiting.pop(place)
                    line.append((place, cell, True))
                    if left > 1:
                        waiting[place] = left - 1, cell
                    place += cell.span
                    continue
                cell = next(given, None)
                if cell is None:
                    break
                cell = C(cell) if isinstance(cell, str) else cell
                line.append((place, cell, False))
                if cell.rows > 1:
                    waiting[place] = cell.rows - 1, cell
                place += cell.span
            self.cells.append(line)


def packed(parts: dict[str, str | bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()


def docx(*blocks: str | Sequence[Sequence[C | str]]) -> bytes:
    """A document of paragraphs (texts) and tables (rows of cells)."""
    body = "".join(paragraph(b) if isinstance(b, str) else table(b) for b in blocks)
    return packed(
        {
            "[Content_Types].xml": _TYPES,
            "word/document.xml": f"{_HEAD}{body}</w:body></w:document>",
            "word/numbering.xml": _NUMBERING,
        }
    )


def paragraph(text: str, listed: str = "", raw: str = "") -> str:
    numbered = f'<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{listed}"/></w:numPr></w:pPr>'
    runs = "<w:r><w:br/></w:r>".join(
        f'<w:r><w:t xml:space="preserve">{escape(part)}</w:t></w:r>' for part in text.split("\v")
    )
    return f"<w:p>{numbered if listed else ''}{runs}{raw}</w:p>"


def table(rows: Sequence[Sequence[C | str]]) -> str:
    written = []
    for line in Layout(rows).cells:
        cells = "".join(_docx_cell(cell, down) for _, cell, down in line)
        written.append(f"<w:tr>{cells}</w:tr>")
    return f"<w:tbl>{''.join(written)}</w:tbl>"


def _docx_cell(cell: C, down: bool) -> str:
    merge = "<w:vMerge/>" if down else '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    lines = [""] if down else cell.text.split("\n")
    told = "".join(paragraph(line, "" if down else cell.listed) for line in lines)
    raw = "" if down else cell.raw
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{raw}{told}</w:tc>"


def xlsx(*sheets: Sequence[Sequence[C | str]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for number, line in enumerate(Layout(rows).cells, 1):
            for place, cell, down in line:
                if down:
                    continue
                written = sheet.cell(number, place + 1, _value(cell.text))
                if isinstance(written.value, str):
                    written.data_type = "s"
                if cell.span > 1 or cell.rows > 1:
                    last = (number + cell.rows - 1, place + cell.span)
                    sheet.merge_cells(None, number, place + 1, *last)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _value(text: str) -> str | int | None:
    return int(text) if text.isdecimal() and text == str(int(text)) else text or None


def flat(rows: Sequence[Sequence[C | str]]) -> list[list[str]]:
    """A table without merging: the text in the first cell, the others empty."""
    lines = []
    for line in Layout(rows).cells:
        told: list[str] = []
        for _, cell, down in line:
            told += ["" if down else cell.text, *[""] * (cell.span - 1)]
        lines.append(told)
    return lines


def csv(rows: Iterable[Sequence[str]], mark: str = ";") -> bytes:
    quoted = (mark.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\r\n".join(quoted).encode()


def markdown(rows: Sequence[Sequence[str]]) -> bytes:
    told = ([cell.replace("|", "\\|").replace("\n", "<br>") for cell in row] for row in rows)
    lines = [f"| {' | '.join(row)} |" for row in told]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]).encode()


def tabs(rows: Iterable[Sequence[str]]) -> bytes:
    return "\n".join("\t".join(row) for row in rows).encode()
