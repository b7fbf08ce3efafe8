"""Numbers and ranks of civil servants (UU 20/2023): PNS, and PPPK who serve by contract."""

from __future__ import annotations

import re
from datetime import date

from bpmn.messages import message
from engine.errors import InvalidInput

PNS, PPPK = "pns", "pppk"
NO_RANK = "–"  # of political officials
RANKS = {
    "I/a": "Juru Muda", "I/b": "Juru Muda Tk I", "I/c": "Juru", "I/d": "Juru Tk I",
    "II/a": "Pengatur Muda", "II/b": "Pengatur Muda Tk I", "II/c": "Pengatur",
    "II/d": "Pengatur Tk I",
    "III/a": "Penata Muda", "III/b": "Penata Muda Tk I", "III/c": "Penata", "III/d": "Penata Tk I",
    "IV/a": "Pembina", "IV/b": "Pembina Tk I", "IV/c": "Pembina Utama Muda",
    "IV/d": "Pembina Utama Madya", "IV/e": "Pembina Utama",
}  # fmt: skip
GRADES = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII".split()
_WORDS = {name.casefold(): code for code, name in RANKS.items()}
_CODE = re.compile(r"(?<![a-z])(iv|iii|ii|i)\s*/?\s*([a-e])(?![a-z])")
_GRADE = re.compile(r"(?:(?:golongan|gol)\s*)?([ivx]+)")
_MONTHS = range(1, 13)
_OFFERED = re.compile(r".*\(([\d .]{18,30})\)", re.DOTALL | re.ASCII)


def nip(text: str) -> str:
    """The 18 digits of a NIP, however it is spaced; raises `InvalidInput`.

    Birth YYYYMMDD, appointment YYYYMM (PPPK: YYYY and a type code), sex 1 or 2, serial number.
    """
    found = digits(text)
    if not (len(found) == 18 and found.isascii() and found.isdecimal()):
        raise InvalidInput(message("NIP terdiri dari 18 angka."))
    born = _birth(found)
    if not _is_after(found, born):
        raise InvalidInput(message("Menurut NIP pengangkatan mendahului kelahiran."))
    if found[14] not in "12":
        raise InvalidInput(message("Angka ke-15 NIP adalah 1 (laki-laki) atau 2 (perempuan)."))
    return found


def digits(text: str) -> str:
    """A NIP without the spaces and dots that it is written with."""
    return "".join(character for character in text if character not in " .\u00a0")


def typed(text: str) -> str:
    """The NIP of ``Umar (19800101 200501 1 001)``, as people are offered; other text as it is."""
    offered = _OFFERED.fullmatch(text.strip())
    return offered[1] if offered else text


def spaced(nip: str) -> str:
    """A NIP as it is printed: 8-6-1-3."""
    return " ".join((nip[:8], nip[8:14], nip[14:15], nip[15:]))


def kind_of(nip: str) -> str:
    """``pns`` or ``pppk``: the latter's NIP holds a type code in the place of the month."""
    return PNS if int(nip[12:14]) in _MONTHS else PPPK


def kind(text: str, nip: str) -> str:
    """The kind of the person of that NIP, who is said to be of this; raises `InvalidInput`."""
    said, actual = text.strip().casefold(), kind_of(nip)
    if said not in (PNS, PPPK):
        raise InvalidInput(message("Status adalah PNS atau PPPK."))
    if said != actual:
        raise InvalidInput(message("Menurut NIP statusnya {kind}.", kind=actual.upper()))
    return actual


def rank(text: str, kind: str) -> str:
    """A rank as ``III/a Penata Muda`` or ``Golongan IX``, `NO_RANK` for none.

    Code, name or both, in any order and case; raises `InvalidInput`.
    """
    said = " ".join(re.sub(r"[().,;–-]", " ", text.casefold().replace("tingkat", "tk")).split())
    if not said:
        return NO_RANK
    return _grade(said) if kind == PPPK else _rank(said)


def _birth(nip: str) -> date:
    try:
        return date(int(nip[:4]), int(nip[4:6]), int(nip[6:8]))
    except ValueError as error:
        said = message("Delapan angka pertama NIP adalah tanggal lahir (ttttbbhh).")
        raise InvalidInput(said) from error


def _is_after(nip: str, born: date) -> bool:
    year, month = int(nip[8:12]), int(nip[12:14])
    if month in _MONTHS:
        return (year, month) > (born.year, born.month)
    return year > born.year


def _rank(said: str) -> str:
    found = _CODE.search(said)
    name = " ".join(_CODE.sub(" ", said, count=1).split())
    code = f"{found[1].upper()}/{found[2]}" if found else _WORDS.get(name, "")
    if code not in RANKS:
        raise InvalidInput(message("Pangkat PNS ditulis seperti III/a Penata Muda (I/a–IV/e)."))
    if name and name != RANKS[code].casefold():
        said_of = message("Pangkat {code} bernama {name}.", code=code, name=RANKS[code])
        raise InvalidInput(said_of)
    return f"{code} {RANKS[code]}"


def _grade(said: str) -> str:
    found = _GRADE.fullmatch(said)
    if found is None or found[1].upper() not in GRADES:
        raise InvalidInput(message("Golongan PPPK ditulis seperti IX (I–XVII)."))
    return f"Golongan {found[1].upper()}"
