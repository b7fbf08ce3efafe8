"""The identity page, and whatever else stands around the table of an SOP."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from functools import reduce
from itertools import zip_longest
from typing import TYPE_CHECKING

from bpmn.messages import message
from bpmn.sop.document import FACTS, LISTS, Identity
from bpmn.sop.table.remarks import GUESS, IDENTITY, MISSING, Remark, left
from bpmn.sop.table.words import in_line, plain, without_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bpmn.messages import Message
    from bpmn.sop.grids import Row

_DAY = r"(?:tanggal|tgl\.?)\s*"
# Labels that only count where nothing but their value follows ("Unit: …"), and those that may run
# on into it ("NAMA SOP SOP CUTI").
_LABELS = {
    "nama": r"(?:nama|judul)\s+(?:sop|prosedur|standar operasional prosedur)",
    "nomor": r"(?:nomor|no\.?)\s*(?:sop|dokumen|prosedur)",
    "tanggal_pembuatan": _DAY + r"(?:pembuatan|dibuat|penyusunan|ditetapkan|penetapan)",
    "tanggal_revisi": _DAY + r"(?:revisi|perubahan)",
    "tanggal_efektif": _DAY + r"(?:efektif|berlaku|pengesahan)",
    "disahkan_oleh": r"(?:disahkan|disyahkan|ditetapkan|disetujui)\s+oleh",
}
_HEADS = {
    "nomor": r"nomor|no\.?",
    "unit": r"unit(?:\s+(?:kerja|organisasi|pelaksana))?|satuan\s+kerja|nama\s+unit(?:\s+kerja)?",
    "dasar_hukum": r"dasar\s+hukum|landasan\s+hukum",
    "kualifikasi": r"kualifikasi(?:\s+pelaksana(?:an)?)?",
    "keterkaitan": r"keterkaitan(?:\s+(?:dengan\s+)?sop(?:\s+lain(?:nya)?)?)?",
    "peralatan": r"peralatan(?:\s*(?:/|dan|&)\s*(?:per)?lengkapan(?:nya)?)?|perlengkapan",
    "peringatan": r"peringatan",
    "pencatatan": r"pencatatan(?:\s*(?:/|dan|&)\s*pendataan)?",
}
_PATTERNS = [
    (name, re.compile(rf"\s*(?:{label})\b\s*[:=]?\s*(.*)", re.IGNORECASE | re.DOTALL))
    for name, label in _LABELS.items()
] + [
    (name, re.compile(rf"\s*(?:{label})\s*(?:$|[:=]\s*(.*)|\n(.*))", re.IGNORECASE | re.DOTALL))
    for name, label in _HEADS.items()
]
_MONTHS = ("januari februari maret april mei juni juli agustus september oktober november "
           "desember").split()  # fmt: skip
_LONG_DAY = re.compile(r"(\d{1,2})\s+([a-z]+)\s+(\d{4})", re.IGNORECASE)
_SHORT_DAY = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T00:00:00)?")
_PERSON = re.compile(
    r"\bNIP\b|\b(?:Pembina|Penata|Pengatur|Juru)\b|,\s*[SMAD]{1,2}[A-Z]?\.?\s?[A-Z]|^(?:Drs?|Ir|H)\.",
)
# A line of a rank or a NIP: the one above it is the name of whoever signs.
SIGNED = re.compile(
    r"\bNIP\b[\s.:]{0,9}\d|^\s*NIP\b[\s.:_-]*$|\b\d{8}\s?\d{6}\s?\d\s?\d{3}\b"
    r"|^\s*(?:Pembina|Penata|Pengatur|Juru)\b"
    r"\s*(?:$|[,(/]|[IV]+\b|Utama|Madya|Muda|Tingkat|Tk)",
    re.IGNORECASE | re.MULTILINE,
)
# What a position begins with, or goes on with in a line of its own.
_OFFICE = re.compile(
    r"\s*(?:(?!(?:dr[ags]?|ir|hj?|prof)\b)[a-z]|(?i:a\.?n\.|u\.?b\.|plt|plh|pj|pjs|kepala|wakil|ketua|sekretaris|asisten|direktur|"
    r"deputi|inspektur|inspektorat|camat|lurah|bupati|wali\s?kota|gubernur|menteri|rektor|dekan|"
    r"pejabat|atasan|kabag|kabid|kasub\w+|kasi|sekda|dinas|badan|bagian|bidang|seksi|sub\w*|biro|"
    r"kantor|sekretariat|direktorat|kementerian|lembaga|pusat|balai|unit|uptd?|rsud|puskesmas|"
    r"kecamatan|kelurahan|desa|kabupaten|kota|provinsi|daerah|republik|dan|serta|pada|selaku)\b)"
)
_BROKEN = re.compile(r"\b(?:dan|kabupaten|provinsi|[&,])\s*$", re.IGNORECASE)
_RANKED = re.compile(r"\s*\b(?:NIP|Pembina|Penata|Pengatur|Juru)\b.*")
_ITEM = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|[a-z][.)]|[-•*–·▪])\s+")
_TITLE = re.compile(r"(?:sop|standar\s+operasional\s+prosedur)\b\s*:?\s*\S", re.IGNORECASE)


class Page:
    """What the rows around the table say; each cell becomes a fact, or is left and said so.

    Of facts that are ``answered`` nothing needs to be guessed.
    """

    def __init__(self, answered: Collection[str] = ()) -> None:
        self.answered = answered
        self.facts: dict[str, list[str]] = {}
        self.remarks: list[Remark] = []
        self._open: dict[int, str] = {}  # labels whose values stand below them, by columns
        self._loose: list[tuple[int, str]] = []

    def read(self, rows: Iterable[Row | None]) -> None:
        """Reads rows from above; None ends what they belong to."""
        for row in rows:
            if row is None or not row.filled:
                self._open = {p: name for p, name in self._open.items() if name not in self.facts}
            else:
                self._row(row)

    def _row(self, row: Row) -> None:
        cells = [(place, row.cells[place].text) for place in row.filled]
        cells = [(place, text) for place, text in cells if text.strip(" :\n\t")]
        labelled = -1  # the place among the cells of a label that waits for its value
        for count, (place, text) in enumerate(cells):
            name, rest = label(text)
            following = cells[count + 1][1] if count + 1 < len(cells) else ""
            if name and rest.strip():
                self._add(row, name, rest)
            elif name and following and not label(following)[0]:
                self._add(row, name, following)
                labelled = count + 1
            elif name:
                self._open[place] = name
            elif count != labelled:
                self._unlabelled(row, place, text, following)
            if name:
                self._close(place, name)

    def _close(self, place: int, name: str) -> None:
        """A label ends what was open above it."""
        self._open = {p: own for p, own in self._open.items() if p != place or own == name}

    def _unlabelled(self, row: Row, place: int, text: str, following: str) -> None:
        above = max((p for p in self._open if p <= place), default=None)
        if above is not None:
            self._add(row, self._open[above], text)
        elif label(following)[0] == "nama" and "unit" not in self.facts:
            self._add(row, "unit", text)
            unit = in_line(text)
            said = message('Unit "{text}" dibaca dari letaknya di samping nama SOP.', text=unit)
            self._guess("unit", row.number, said)
        else:
            self._loose.append((row.number, text))

    def _add(self, row: Row, name: str, text: str) -> None:
        text = re.sub(r"^\s*:\s*", "", text)
        if name in LISTS or name == "peringatan":
            self.facts.setdefault(name, []).extend(items(text))
        elif name in self.facts:
            self.remarks.append(left(row.number, text))
        elif name == "disahkan_oleh":
            self.facts[name] = [self._position(row, text)]
        else:
            self.facts[name] = [
                _day(in_line(text)) if name.startswith("tanggal") else in_line(text)
            ]

    def _position(self, row: Row, text: str) -> str:
        """The position alone: who holds it stands in the directory, not in a diagram."""
        first, *rest = re.split(r"\n\s*\n|[ \t]{2,}", text.strip(), maxsplit=1)
        lines = first.splitlines()
        kept = list(_offices(lines))
        told = _RANKED.sub("", " ".join(kept))
        if rest or len(kept) < len(lines) or _PERSON.search(first):
            said = message(
                'Disahkan oleh "{position}"; nama, pangkat dan NIP berasal dari direktori.',
                position=" ".join(told.split()),
            )
            self._guess("disahkan_oleh", row.number, said)
        return " ".join(told.split())

    def _guess(self, name: str, row: int, said: Message) -> None:
        if name not in self.answered:
            self.remarks.append(Remark(None, row, IDENTITY, GUESS, said))

    def finished(self) -> Identity:
        """The page; a title above the table is its name where nothing else is."""
        for row, text in self._loose:
            said = in_line(text)
            if "nama" not in self.facts and _TITLE.match(said):
                self.facts["nama"] = [said]
                named = message('Nama SOP "{text}" dibaca dari judul.', text=said)
                self._guess("nama", row, named)
            elif not self._is_said(said):
                self.remarks.append(left(row, text))
        return Identity(**{
            one.name: tuple(self.facts.get(one.name, ()))
            if one.name in LISTS
            else "; ".join(self.facts.get(one.name, ()))
            for one in fields(Identity)
        })  # type: ignore[arg-type]  # fmt: skip

    def _is_said(self, text: str) -> bool:
        """Whether the name says as much already."""
        return bool(plain(text)) and _bare(text) == _bare("".join(self.facts.get("nama", ())))


def _offices(lines: list[str]) -> Iterator[str]:
    """The lines that name a position; a name has no sign of its own, so that others are left out.

    The first one is a position, unless it stands above a rank or a NIP as a name does.
    """
    before = ""
    for line, below in zip_longest(lines, lines[1:], fillvalue=""):
        opens = not before and not SIGNED.search(f"{line}\n{below}") and not _PERSON.search(line)
        goes_on = _BROKEN.search(before) is not None and not _PERSON.search(line)
        if opens or goes_on or _OFFICE.match(line):
            yield line
            before = line


def _bare(name: str) -> str:
    """The name of an SOP without the words that it is one."""
    return plain(re.sub(r"^(?:sop|standar\s+operasional\s+prosedur)\b", "", name.casefold()))


def missing(identity: Identity) -> list[Remark]:
    """What an identity page ought to say and this one does not; a first version has no revision."""
    asked = {name: said for name, said in FACTS.items() if name != "tanggal_revisi"}
    lacking = [said for name, said in asked.items() if not getattr(identity, name)]
    if not lacking:
        return []
    facts = reduce(lambda many, one: message("{many}, {one}", many=many, one=one), lacking)
    said = message("Halaman identitas tidak mengatakan: {facts}.", facts=facts)
    return [Remark(None, None, IDENTITY, MISSING, said)]


def label(text: str) -> tuple[str, str]:
    """Which fact a cell is headed by, and what follows the label in it; empty where none is."""
    for name, pattern in _PATTERNS:
        found = pattern.fullmatch(text.rstrip())
        if found is not None:
            return name, next((group for group in found.groups() if group), "")
    return "", ""


def items(text: str) -> list[str]:
    """The entries of a list: by its numbers, even where these touch the text, else by lines."""
    told = without_tags(text).strip()
    if re.match(r"\(?1[.)]\s", told):
        return _numbered(told)
    lines = [_ITEM.sub("", f"{line} ", count=1) for line in told.splitlines()]
    return [said for said in (" ".join(line.split()) for line in lines) if said]


def _numbered(text: str) -> list[str]:
    found, count, rest = [], 1, text
    while True:
        rest = re.sub(rf"^\s*\(?{count}[.)]\s*", "", rest)
        count += 1
        mark = re.search(rf"(?m)^\s*\(?{count}[.)]\s", rest) or re.search(rf"{count}[.)]\s", rest)
        found.append(in_line(rest[: mark.start()] if mark else rest))
        if mark is None:
            return [said.rstrip(";").strip() for said in found if said]
        rest = rest[mark.start() :]


def _day(text: str) -> str:
    """A day as ISO 8601 writes it, or the words where none can be read from them."""
    if found := _ISO_DAY.fullmatch(text):
        return "-".join(found.groups())
    if found := _SHORT_DAY.fullmatch(text):
        return _iso(text, int(found[3]), int(found[2]), int(found[1]))
    found = _LONG_DAY.fullmatch(text)
    month = found[2].lower() if found else ""
    if found is None or month not in _MONTHS:
        return text
    return _iso(text, int(found[3]), _MONTHS.index(month) + 1, int(found[1]))


def _iso(text: str, year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return text
