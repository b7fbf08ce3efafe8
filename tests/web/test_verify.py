"""Judging a PDF: a page for anybody, and a command; hostile files get one sentence."""

import hashlib
import io
import json
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from engine import clock, contents
from engine.models import Document
from engine.signature_settings import SignatureSettings
from tasks.signatures import certificates, judging, pades
from tasks.signatures.provider import Signatory

AT = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
NOT_KEPT = "Kantor ini tidak menyimpan berkas yang sama persis dengan ini."


@pytest.fixture(scope="module")
def plain(to_be_signed) -> bytes:
    return to_be_signed("Penilai")


@pytest.fixture(scope="module")
def authority() -> certificates.SampleSigner:
    return certificates.SampleSigner(certificates.make())


@pytest.fixture(scope="module")
def signed(plain, authority) -> bytes:
    person, look = (
        Signatory("Kasi Contoh Satu", "198007072090031007"),
        pades.Look("Uji", [], "#000"),
    )
    return pades.signed(
        plain, 1, look, person.name, AT, lambda digest: authority.sign(digest, person, AT, "")
    )


@pytest.fixture
def verify(site, authority):
    """``verify(pdf)``: the page that a stranger gets, in an office that trusts this authority."""
    settings = site.app.extensions["alur-settings"]
    trusting = SignatureSettings("wet", roots=authority.public_pem)
    site.app.extensions["alur-settings"] = replace(settings, signatures=trusting)
    stranger = site.visitor()

    def ask(pdf: bytes):
        return stranger.post("/verify", {"file": (io.BytesIO(pdf), "surat.pdf")})

    return ask


def test_a_stranger_learns_who_signed_and_that_nothing_changed(verify, signed):
    page = verify(signed)
    assert page.status == 200
    for said in (
        "Sah: utuh, lengkap, dan semua sertifikatnya dipercaya.",
        "Kasi Contoh Satu", "19800707 209003 1 007", "26-11-2026 12.00 WIB",
        "Mencakup seluruh berkas; tidak berubah sejak itu.", NOT_KEPT,
    ):  # fmt: skip
        assert said in page.text, said


def test_a_changed_file_is_told_from_what_was_signed(verify, signed):
    changed = bytearray(signed)
    changed[2000] ^= 1
    page = verify(bytes(changed))
    assert "Tidak utuh: berkas ini diubah sesudah ditandatangani." in page.text
    assert "Sah:" not in page.text


def test_a_file_that_the_office_keeps_is_known_and_its_case_is_not_told(verify, site, signed):
    case = site.start()
    with site.db.write() as session:
        kept = contents.keep(session, signed)
        session.add(
            Document(
                instance_id=case, kind="uji", revision=1, at=clock.now(), data=b"{}",
                content_id=kept,
            )
        )  # fmt: skip
    page = verify(signed)
    assert "Berkas ini sama persis dengan yang disimpan kantor ini." in page.text
    assert f"{case:05d}" not in page.text and "Budi" not in page.text


def test_certificates_for_a_try_count_only_where_they_are_in_use(verify, site, plain):
    settings = site.app.extensions["alur-settings"]
    own, person = certificates.own(settings), Signatory("Budi Contoh", "199001012090032012")
    look = pades.Look("Uji", [], "#000")
    pdf = pades.signed(plain, 1, look, "Budi", AT, lambda d: own.sign(d, person, AT, ""))
    assert "tidak semua sertifikatnya dipercaya" in verify(pdf).text
    trying = replace(settings, signatures=SignatureSettings("test"))
    site.app.extensions["alur-settings"] = trying
    assert "Utuh dan lengkap, tetapi hanya dengan sertifikat uji." in verify(pdf).text


def _encrypted(pdf: bytes) -> bytes:
    writer, out = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf))), io.BytesIO()
    writer.encrypt(owner_pass="x", user_pass="y")
    writer.write(out)
    return out.getvalue()


def _bomb(_pdf: bytes) -> bytes:
    """A cross-reference stream of a kilobyte that would inflate to 64 MB."""
    data = bytes(64 * 1024 * 1024)
    for _ in range(3):
        data = zlib.compress(data, 9)
    assert len(data) < 1024
    head = (
        "%PDF-1.7\n1 0 obj\n<</Type/XRef/Size 99999999/W[1 4 2]/Root 2 0 R/Filter"
        f"[/FlateDecode/FlateDecode/FlateDecode]/Length {len(data)}>>stream\n"
    )
    return head.encode() + data + b"\nendstream\nendobj\nstartxref\n9\n%%EOF"


def _deep(_pdf: bytes) -> bytes:
    """A dictionary of a hundred thousand levels."""
    nested = b"<</A" * 100_000 + b" 1" + b">>" * 100_000
    return (
        b"%PDF-1.7\n1 0 obj\n" + nested + b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
    )


def _circle(_pdf: bytes) -> bytes:
    """A cross-reference table that names itself as the one before."""
    table = b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1/Root 1 0 R/Prev 9>>\n"
    return b"%PDF-1.7\n" + table + b"startxref\n9\n%%EOF"


HOSTILE = {
    "nothing": (lambda _: b"", "Pilih berkas PDF."),
    "a page": (lambda _: b"<html>bukan PDF", "Berkas ini bukan PDF."),
    "half a file": (lambda pdf: pdf[:3000], "tidak dapat dibaca sebagai PDF"),
    "encrypted": (_encrypted, "dienkripsi"),
    "a bomb": (_bomb, "tidak dapat dibaca sebagai PDF"),
    "deep": (_deep, "tidak dapat dibaca sebagai PDF"),
    "a circle": (_circle, "tidak dapat dibaca sebagai PDF"),
    "unsigned": (lambda pdf: pdf, "tidak memuat tanda tangan elektronik"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_gets_one_sentence(verify, plain, kind):
    make, said = HOSTILE[kind]
    page = verify(make(plain))
    assert page.status in (200, 422)
    assert any(said in one for one in page.said), page.said
    assert page.source.count("<li>") == page.tree.xpath("count(//header//li)")


def test_a_file_larger_than_a_request_is_one_sentence(verify):
    page = verify(b"%PDF-" + bytes(7_000_000))
    assert page.status == 413 and "Kiriman terlalu besar." in page.text


def test_who_has_too_much_judged_waits(verify, site, monkeypatch):
    standing = clock.now()
    monkeypatch.setattr(clock, "now", lambda: standing)
    statuses = [verify(b"bukan PDF").status for _ in range(52)]
    assert set(statuses[:51]) == {422} and statuses[51] == 429
    assert site.visitor("employee").sign_in("employee").status == 302  # another thing entirely


@pytest.fixture
def files(tmp_path, signed, authority) -> dict[str, object]:
    """The files of the command, and the environment in which its authority is trusted."""
    (tmp_path / "roots.pem").write_bytes(authority.public_pem)
    (tmp_path / "baik.pdf").write_bytes(signed)
    (tmp_path / "diubah.pdf").write_bytes(signed.replace(b"Penilaian", b"Penilaiam", 1))
    (tmp_path / "bukan.pdf").write_text("bukan PDF")
    return {"folder": tmp_path, "ALUR_SIGNING_ROOTS": str(tmp_path / "roots.pem")}


def test_the_command_leaves_with_0_for_what_is_whole_and_trusted(alur, files):
    trusting = {"ALUR_SIGNING_ROOTS": files["ALUR_SIGNING_ROOTS"]}
    good = alur("verify", files["folder"] / "baik.pdf", **trusting)
    assert good.returncode == 0, good.stderr
    assert good.stdout.splitlines() == [
        "Kasi Contoh Satu 198007072090031007 · 26-11-2026 12.00 WIB",
        "  Mencakup seluruh berkas; tidak berubah sejak itu.",
        "  Sertifikatnya dipercaya oleh kantor ini.",
        NOT_KEPT,
        "Sah: utuh, lengkap, dan semua sertifikatnya dipercaya.",
    ]
    untrusting = alur("verify", files["folder"] / "baik.pdf")
    assert untrusting.returncode == 1 and "tidak dikenal" in untrusting.stdout


def test_the_command_leaves_with_1_for_what_was_changed_and_says_it_in_json(alur, files):
    trusting = {"ALUR_SIGNING_ROOTS": files["ALUR_SIGNING_ROOTS"]}
    bad = alur("verify", files["folder"] / "diubah.pdf", "--format", "json", **trusting)
    told = json.loads(bad.stdout)
    assert (bad.returncode, told["good"], told["kept"]) == (1, False, False)
    data = (files["folder"] / "diubah.pdf").read_bytes()
    assert told["digest"] == hashlib.sha256(data).hexdigest()
    assert [one["intact"] for one in told["signatures"]] == [False]


def test_the_command_refuses_what_is_no_pdf_in_one_line(refused, files):
    assert refused("verify", files["folder"] / "bukan.pdf") == "Berkas ini bukan PDF."


def test_a_file_that_takes_too_long_is_given_up(monkeypatch, signed):
    monkeypatch.setattr(judging, "_PATIENCE", 0.01)
    assert judging._apart(signed, b"", b"").problem == "unreadable"
