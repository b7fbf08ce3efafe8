"""What files are taken: by their bytes, with a name that agrees; and what is refused."""

import io
import zipfile

import pytest

from engine import file_types
from engine.errors import InvalidInput

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
ODT = "application/vnd.oasis.opendocument.text"


def packed(*names: str, **content: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, content.get(name.rpartition(".")[0] or name, b"x"))
    return written.getvalue()


DOCX = packed("[Content_Types].xml", "word/document.xml")
XLSX = packed("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("surat.pdf", PDF, "application/pdf"),
        ("foto.PNG", PNG, "image/png"),
        ("foto.jpeg", JPEG, "image/jpeg"),
        ("a.docx", DOCX, "wordprocessingml.document"),
        ("a.xlsx", XLSX, "spreadsheetml.sheet"),
        ("a.odt", packed("mimetype", "content.xml", mimetype=ODT.encode()), ODT),
        ("a.csv", "nama;nilai\r\nÉ;1\r\n".encode(), "text/csv"),
        ("a.txt", "Catatan – penting".encode("cp1252"), "text/plain"),
    ],
)
def test_what_is_taken(name, data, media_type):
    assert file_types.media_type(name, data).endswith(media_type)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("surat.pdf", PNG),
        ("surat.png", PDF),
        ("surat.pdf", b"<html><script>alert(1)</script>"),
        ("surat.pdf", PDF[:-6]),
        ("halaman.html", b"<html></html>"),
        ("gambar.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("program.exe", b"MZ\x90\x00"),
        ("program.txt", b"MZ\x90 program"),
        ("skrip.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("halaman.txt", b"  <!DOCTYPE html><p>x"),
        ("gambar.csv", b"a;b\n<svg onload=alert(1)>"),
        ("biner.txt", b"abc\x00def"),
        ("a.docx", XLSX),
        ("a.docx", packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("a.docx", DOCX[: len(DOCX) // 2]),
        ("a.odt", packed("mimetype", "content.xml", mimetype=b"application/zip")),
        ("a.zip", packed("a")),
        ("surat.pdf.exe", PDF),
        ("tanpaakhiran", PDF),
        ("kosong.pdf", b""),
    ],
)
def test_what_is_refused(name, data):
    with pytest.raises(InvalidInput):
        file_types.media_type(name, data)


def test_a_field_takes_its_own_groups_only():
    with pytest.raises(InvalidInput):
        file_types.media_type("surat.pdf", PDF, {"gambar"})


def test_a_document_that_would_grow_too_large_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", b"x")
        with file.open("word/document.xml", "w") as part:
            for _ in range(file_types.MAX_INFLATED // 10_000_000 + 1):
                part.write(bytes(10_000_000))
    assert len(written.getvalue()) < 1_000_000
    with pytest.raises(InvalidInput):
        file_types.media_type("bom.docx", written.getvalue())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\x\surat.pdf", "surat.pdf"),
        ("surat\r\nSet-Cookie: x.pdf", "suratSet-Cookie_ x.pdf"),
        ("gnp.\u202efdp.exe", "gnp.fdp.exe"),
        ("   .pdf", "berkas.pdf"),
        ("..", "berkas"),
        ("a\x00b.pdf", "ab.pdf"),
        ("surat  dinas .pdf", "surat dinas.pdf"),
    ],
)
def test_names_lead_nowhere_and_hide_nothing(given, kept):
    assert file_types.clean_name(given) == kept


def test_a_long_name_keeps_its_ending():
    kept = file_types.clean_name("x" * 5000 + ".pdf")
    assert len(kept) <= file_types.MAX_NAME
    assert kept.endswith(".pdf")
