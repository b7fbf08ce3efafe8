"""The words of an SOP's table: headings, names of those who act, conditions; spelled alike."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_SHORT = {
    "pjb": "pejabat", "ka": "kepala", "kadis": "kepala dinas", "kadin": "kepala dinas",
    "kaban": "kepala badan", "kabid": "kepala bidang", "kabag": "kepala bagian",
    "kasubbag": "kepala sub bagian", "kasubag": "kepala sub bagian", "kasi": "kepala seksi",
    "kasie": "kepala seksi", "kasubbid": "kepala sub bidang", "kasubid": "kepala sub bidang",
    "kakan": "kepala kantor", "karo": "kepala biro",
    "subbag": "sub bagian", "subag": "sub bagian", "subbagian": "sub bagian",
    "subbid": "sub bidang", "sekdis": "sekretaris dinas", "sekre": "sekretaris",
    "sekda": "sekretaris daerah", "adm": "administrasi", "plt": "pelaksana tugas",
}  # fmt: skip
_WORD = re.compile(rf"\b({'|'.join(_SHORT)})\b\.?", re.IGNORECASE)
_TAG = re.compile(  # "<nama pegawai>" is none: it is to be filled in
    r"</?(?:p|br|hr|b|i|u|s|em|strong|small|sub|sup|span|div|font|center|ul|ol|li|table|thead|tbody|"
    r"tr|td|th|h[1-6]|a|img|o:p)(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>",
    re.IGNORECASE,
)
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEGATIVE = re.compile(
    r"\b(?:tidak|tdk|tak|belum|bukan|kurang|di\s?tolak|menolak|penolakan|kekurangan|salah|kesalahan|keliru|gagal|"
    r"(?:di)?perbaiki|perbaikan|(?:di)?revisi|tms)\b"
)
_POSITIVE = re.compile(
    r"\b(?:ya|setuju|di\s?setujui|menyetujui|disepakati|lengkap|benar|sesuai|diterima|memenuhi|"
    r"layak|sah|valid|lulus|cocok|terpenuhi|acc|ok|oke|ms)\b"
)


def plain(text: str) -> str:
    """Letters and digits only: what makes two headings or names the same."""
    return "".join(letter for letter in spelled(text) if letter.isalnum())


def spelled(text: str) -> str:
    """In small letters and one line, abbreviations of offices written out."""
    said = " ".join(_TAG.sub(" ", text).casefold().split())
    return _WORD.sub(lambda found: _SHORT[found[1]], said)


def without_tags(text: str) -> str:
    """The text without HTML's marks, which some agencies' systems leave in."""
    return _TAG.sub(" ", text)


def writable(text: str) -> str:
    """The text without the signs that XML cannot hold; a diagram with one could not be written."""
    return _UNWRITABLE.sub("", text)


def in_line(text: str) -> str:
    """A cell as one line, its lines joined by "; " as a property of a diagram keeps them.

    A line that begins small goes on with the one before, and behind a mark nothing is added.
    """
    told = ""
    for line in (" ".join(line.split()) for line in without_tags(text).splitlines()):
        goes_on = not told or not line or line[0].islower() or told[-1] in ",;:."
        told = f"{told}{' ' if told and line and goes_on else '' if goes_on else '; '}{line}"
    return told


def says_no(text: str) -> bool:
    """Whether a condition, spelled, is the one that does not let a matter pass."""
    return _NEGATIVE.search(text) is not None


def says_yes(text: str) -> bool:
    """Whether it is the one that does."""
    return not says_no(text) and _POSITIVE.search(text) is not None


@dataclass(frozen=True)
class Names:
    """Those who act, by their places, as a text may name them: wholly, or by their first words."""

    names: tuple[str, ...]

    @cached_property
    def pattern(self) -> str:
        """What finds any of them in a spelled text, the longest first; in one group."""
        words = sorted(self._known, key=lambda known: (-len(known), known))
        return "(" + "|".join(r"\W+".join(map(re.escape, known)) for known in words) + r")\b"

    def place(self, found: str) -> int:
        """Whom a match of `pattern` names."""
        return self._known[_parts(found)]

    def same(self, name: str) -> int | None:
        """The place of somebody who is called so, however it is spelled."""
        return next((p for p, own in enumerate(self.names) if plain(own) == plain(name)), None)

    @cached_property
    def _known(self) -> dict[tuple[str, ...], int]:
        whole = {_parts(spelled(name)): place for place, name in enumerate(self.names)}
        firsts: dict[tuple[str, ...], set[int]] = {}
        for parts, place in whole.items():
            for length in range(1, len(parts)):
                firsts.setdefault(parts[:length], set()).add(place)
        short = {parts: min(found) for parts, found in firsts.items() if _tells(parts, found)}
        known = short | whole
        known.pop((), None)
        return known or {("\0",): 0}


def _tells(parts: tuple[str, ...], found: set[int]) -> bool:
    """Whether first words stand for one only, and are more than a rank that anybody has."""
    return len(found) == 1 and parts[-1] not in ("kepala", "sub", "dan") and len(parts[0]) > 3


def _parts(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text))
