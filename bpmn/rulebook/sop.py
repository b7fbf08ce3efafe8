"""The rules on sOP and documents."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

SOP = Family(
    "sop",
    message("SOP dan dokumen"),
    (
        Rule(
            "sop-identity",
            title=message("SOP mempunyai halaman identitas yang lengkap"),
            meaning=message(
                "Halaman identitas (nomor, unit, tanggal, pengesah, dasar hukum) menjadikan"
                " diagram ini SOP yang resmi. Yang kosong tidak dapat dicetak."
            ),
            remedy=message("Klik kanvas dan isi Identitas SOP dalam panel."),
            wrong="""
                property sop:nomor=800/12/2026
                startEvent s
                endEvent e
                s -> e
            """,
            right="""
                property sop:nomor=800/12/2026
                    property sop:unit=Bagian Umum
                    property sop:tanggalPembuatan=02-01-2026
                    property sop:tanggalEfektif=01-02-2026
                    property sop:disahkanOleh=Kepala Bagian Umum
                    property sop:dasarHukum.1=Permenpan 35/2012
                startEvent s
                endEvent e
                s -> e
            """,
        ),
        Rule(
            "sop-standard",
            title=message("Setiap langkah SOP mempunyai mutu baku"),
            meaning=message(
                "Mutu baku terdiri atas Kelengkapan, Waktu, dan Output. Tanpa itu pelaksana"
                " tidak tahu apa yang diperlukan, berapa lama, dan apa hasilnya."
            ),
            remedy=message("Pilih langkahnya dan isi Mutu Baku (SOP) dalam panel."),
            wrong="""
                property sop:nomor=800/12/2026
                    property sop:unit=Bagian Umum
                    property sop:tanggalPembuatan=02-01-2026
                    property sop:tanggalEfektif=01-02-2026
                    property sop:disahkanOleh=Kepala Bagian Umum
                    property sop:dasarHukum.1=Permenpan 35/2012
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                property sop:nomor=800/12/2026
                    property sop:unit=Bagian Umum
                    property sop:tanggalPembuatan=02-01-2026
                    property sop:tanggalEfektif=01-02-2026
                    property sop:disahkanOleh=Kepala Bagian Umum
                    property sop:dasarHukum.1=Permenpan 35/2012
                startEvent s
                userTask Periksa_berkas
                    property sop:kelengkapan=Berkas permohonan
                    property sop:output=Berkas lengkap
                boundaryEvent w attachedToRef=Periksa_berkas cancelActivity=false name="10 menit"
                    property alur:timer=waktu
                    timer timeDuration PT10M
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                w -> f
            """,
        ),
        Rule(
            "document-kind",
            title=message("Dokumen yang dipesan dikenal"),
            meaning=message(
                "Menyelesaikan tugas membuat dokumen yang disebut alur:documents. Untuk nama"
                " yang tidak dikenal tidak ada yang dibuat."
            ),
            remedy=message("Pilih formulir_skp, penilaian, atau rekaman."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    property alur:documents=surat_tugas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    property alur:documents=rekaman
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "document-place",
            title=message("Dokumen dipesan oleh tugas seseorang"),
            meaning=message(
                "Dokumen adalah hasil perbuatan seseorang. Skrip, kejadian, dan proses sendiri"
                " tidak mempunyai pelaku yang dapat disebut dalam dokumen."
            ),
            remedy=message("Pindahkan alur:documents ke tugas pengguna yang menghasilkannya."),
            wrong="""
                property alur:documents=rekaman
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    property alur:documents=rekaman
                endEvent e
                s -> Periksa_berkas -> e
            """,
            along=("known-properties",),
        ),
    ),
)
