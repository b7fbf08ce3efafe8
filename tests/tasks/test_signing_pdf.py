"""Signing a typeset PDF: one update a signer, tags kept, and every tampering found.

What we call valid, openssl calls valid: it gets the signed bytes and the CMS, and nothing of ours.
"""

import io
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from engine.errors import SignerUnreachable, Unsignable
from tasks.signatures import certificates, pades
from tasks.signatures.provider import Signatory
from tasks.signatures.verification import judge

NOON = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
SIGNERS = [
    Signatory("Kasi Contoh Satu", "198007072090031007"),
    Signatory("Budi Contoh", "199001012090032012"),
    Signatory("Kabid Contoh", "197205052090031005"),
]
LOOK = pades.Look("Uji", ["Nama", "NIP"], "#1f3d6d")


@dataclass(frozen=True)
class Desk:
    """An authority for a try, and documents to sign with its certificates."""

    authority: certificates.SampleSigner
    plain: bytes

    def sign(self, pdf: bytes, number: int) -> bytes:
        person = SIGNERS[number - 1]
        return pades.signed(
            pdf, number, LOOK, person.name, NOON,
            lambda digest: self.authority.sign(digest, person, NOON, ""),
        )  # fmt: skip

    def judged(self, pdf: bytes):
        return judge(pdf, b"", self.authority.public_pem)


@pytest.fixture(scope="module")
def desk(to_be_signed) -> Desk:
    plain = to_be_signed("Penilai", "Pegawai", "Atasan")
    return Desk(certificates.SampleSigner(certificates.make()), plain)


@pytest.fixture(scope="module")
def states(desk) -> list[bytes]:
    """The document without a signature, and after the first, second and third."""
    found = [desk.plain]
    for number in (1, 2, 3):
        found.append(desk.sign(found[-1], number))
    return found


def test_each_signature_only_adds_to_what_was_there(states):
    for before, after in pairwise(states):
        assert after.startswith(before)


def test_the_signatures_are_those_of_the_signers_in_their_order(desk, states):
    verdict = desk.judged(states[3])
    assert [(s.holder, s.serial) for s in verdict.signatures] == [(p.name, p.nip) for p in SIGNERS]
    assert [s.at for s in verdict.signatures] == [NOON.isoformat()] * 3
    assert [s.covers for s in verdict.signatures] == [False, False, True]
    assert verdict.is_good and {s.trust for s in verdict.signatures} == {"test"}


def test_a_verdict_holds_plain_values_and_nothing_of_the_document(desk, states):
    judged = desk.judged(states[3]).signatures
    assert {type(value) for one in judged for value in vars(one).values()} <= {str, bool, int}


@pytest.mark.parametrize("count", [1, 2])
def test_a_document_with_empty_places_is_intact_and_not_complete(desk, states, count):
    verdict = desk.judged(states[count])
    assert all(one.is_good for one in verdict.signatures)
    assert (verdict.empty, verdict.is_good) == (3 - count, False)


def test_another_installation_s_certificates_are_not_trusted(states):
    stranger = certificates.SampleSigner(certificates.make())
    verdict = judge(states[3], b"", stranger.public_pem)
    assert [one.trust for one in verdict.signatures] == ["unknown"] * 3
    assert all(one.intact and one.unchanged for one in verdict.signatures) and not verdict.is_good


def test_roots_of_an_office_are_trusted_without_being_called_a_try(desk, states):
    verdict = judge(states[3], desk.authority.public_pem)
    assert {one.trust for one in verdict.signatures} == {"trusted"} and verdict.is_good


@pytest.mark.parametrize("number", [1, 2, 3])
def test_openssl_calls_each_signature_valid(desk, states, number, tmp_path):
    """It gets the bytes of the ByteRange and the CMS of /Contents, nothing of ours."""
    ranges = re.findall(rb"/ByteRange\s*\[\s*(\d+) (\d+) (\d+) (\d+)", states[3])
    start, length, then, rest = (int(one) for one in ranges[number - 1])
    pdf, cms, content, root = (tmp_path / n for n in ("a.pdf", "a.cms", "content", "root.pem"))
    pdf.write_bytes(states[3])
    gap = states[3][start + length : then].strip(b"<>")
    cms.write_bytes(bytes.fromhex(gap.decode()))
    content.write_bytes(states[3][start : start + length] + states[3][then : then + rest])
    root.write_bytes(desk.authority.public_pem)

    def verified() -> bool:
        asked = [
            "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", cms, "-content",
            content, "-CAfile", root, "-purpose", "any", "-out", "/dev/null",
            "-attime", str(int(NOON.timestamp())),
        ]  # fmt: skip
        return subprocess.run(asked, capture_output=True, check=False).returncode == 0

    assert verified()
    content.write_bytes(content.read_bytes().replace(b"Penilai", b"Penulis", 1)[::-1])
    assert not verified()


def test_the_tags_stay_whole_for_who_hears_the_document(states):
    """PDF/UA-1 (ISO 14289-1, 7.18): fields tagged as forms, described, in the order of reading."""
    reader = PdfFileReader(io.BytesIO(states[3]))
    page = reader.root["/Pages"]["/Kids"][0]
    assert page["/Tabs"] == "/S" and reader.root["/MarkInfo"]["/Marked"]
    said = []
    numbers = reader.root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    known = {int(numbers[n]): numbers[n + 1] for n in range(0, len(numbers), 2)}
    for reference in page["/Annots"]:
        widget = reference.get_object()
        element = known[int(widget["/StructParent"])]
        assert (widget["/Subtype"], widget["/FT"], element["/S"]) == ("/Widget", "/Sig", "/Form")
        assert element["/K"]["/Obj"].container_ref == widget.container_ref
        assert "/A" not in widget
        said.append(widget["/TU"])
    assert said == ["Tanda tangan Penilai", "Tanda tangan Pegawai", "Tanda tangan Atasan"]


def test_what_is_seen_brings_its_letters_with_it(states):
    reader = PdfFileReader(io.BytesIO(states[1]))
    drawn = reader.root["/AcroForm"]["/Fields"][0]["/AP"]["/N"]
    fonts = drawn["/Resources"]["/Font"]
    descriptors = [fonts[name]["/DescendantFonts"][0]["/FontDescriptor"] for name in fonts]
    assert descriptors and all({"/FontFile2", "/FontFile3"} & set(d) for d in descriptors)


def _changed_byte(states: list[bytes], _desk: Desk) -> bytes:
    place = states[3].index(b"/Lang(id)") + 6 if b"/Lang(id)" in states[3] else 2000
    return states[3][:place] + bytes([states[3][place] ^ 1]) + states[3][place + 1 :]


def _added_page(states: list[bytes], _desk: Desk) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(states[3]))
    other = PdfFileReader(io.BytesIO(states[0]))
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/MediaBox"): other.root["/Pages"]["/Kids"][0]["/MediaBox"],
            pdf_name("/Contents"): writer.add_object(generic.StreamObject(stream_data=b"")),
        }
    )
    writer.insert_page(page)
    return _written(writer)


def _stripped_value(states: list[bytes], _desk: Desk) -> bytes:
    """The last signature taken out by an update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(states[3]))
    field = writer.root["/AcroForm"]["/Fields"][2]
    del field["/V"]
    writer.update_container(field)
    return _written(writer)


def _cut_off(states: list[bytes], _desk: Desk) -> bytes:
    """The file as it was before the last signature."""
    return states[2]


def _without_signatures(states: list[bytes], _desk: Desk) -> bytes:
    return states[0]


def _swapped(states: list[bytes], desk: Desk) -> bytes:
    """The signature of the same person, lent from another document."""
    other = desk.sign(desk.plain + b"\n", 1)
    mine, lent = (re.search(rb"/Contents\s*<([0-9a-fA-F]+)>", pdf) for pdf in (states[1], other))
    return states[1][: mine.start(1)] + lent[1] + states[1][mine.end(1) :]


def _hidden_by_a_field(states: list[bytes], _desk: Desk) -> bytes:
    """An empty field with a look of its own laid over the document, behind the last signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(states[3]))
    append_signature_field(
        writer, SigFieldSpec("Tambahan", box=(50, 50, 500, 800), empty_field_appearance=True)
    )
    return _written(writer)


def _appended(states: list[bytes], _desk: Desk) -> bytes:
    return states[3] + b"\n%tambahan\n"


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


TAMPERING: list[Callable[[list[bytes], Desk], bytes]] = [
    _changed_byte, _added_page, _stripped_value, _cut_off, _without_signatures,
    _swapped, _hidden_by_a_field, _appended,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERING, ids=lambda one: one.__name__.strip("_"))
def test_tampering_is_found(desk, states, tamper):
    verdict = desk.judged(tamper(states, desk))
    assert not verdict.is_good
    if tamper not in (_cut_off, _without_signatures):  # which are older, and not changed
        assert not all(one.intact and one.unchanged for one in verdict.signatures)


def test_a_place_takes_names_of_any_length(desk):
    look = pades.Look("Uji", ["Nama yang panjang sekali " * 40] * 6, "#1f3d6d")
    sign = desk.authority.sign
    made = pades.signed(desk.plain, 1, look, "X", NOON, lambda d: sign(d, SIGNERS[0], NOON, ""))
    assert desk.judged(made).signatures[0].is_good


def test_a_place_that_the_document_lacks_is_not_signed(desk):
    with pytest.raises(Unsignable):
        pades.signed(desk.plain, 4, LOOK, "X", NOON, lambda _digest: b"never")


def test_a_signature_larger_than_its_place_is_refused(desk):
    with pytest.raises(SignerUnreachable):
        pades.signed(desk.plain, 1, LOOK, "X", NOON, lambda _digest: b"0" * pades.RESERVED)
