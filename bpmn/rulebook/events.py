"""The rules on events."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

EVENTS = Family(
    "events",
    message("Kejadian"),
    (
        Rule(
            "end-kind",
            title=message("Kejadian akhir tidak menunggu"),
            meaning=message(
                "Kejadian akhir mengirim sesuatu atau sekadar berakhir. Menunggu waktu atau"
                " syarat di sana tidak ada artinya: tidak ada yang menyusul."
            ),
            remedy=message(
                "Taruh kejadian antara dengan timer sebelum kejadian akhir, atau hapus jenisnya."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e name="1 hari"
                    timer timeDuration P1D
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                intermediateCatchEvent Tunggu name="1 hari"
                    timer timeDuration P1D
                endEvent e
                s -> Periksa_berkas -> Tunggu -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "cancel-end",
            title=message("Hanya transaksi yang berakhir dengan pembatalan"),
            meaning=message(
                "Pembatalan (cancel) dalam BPMN membatalkan sebuah transaksi. Di luar itu"
                " artinya tidak ada, dan Alur belum menjalankan transaksi."
            ),
            remedy=message(
                "Pakai kejadian akhir biasa, atau kesalahan yang ditangkap di tepi subproses."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e name="Batal"
                    <cancelEventDefinition />
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e name="Batal"
                s -> Periksa_berkas -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "catch-kind",
            title=message("Kejadian tangkap menyebut yang ditunggu"),
            meaning=message(
                "Kasus berhenti di kejadian tangkap sampai sesuatu terjadi. Tanpa jenis, tidak"
                " ada yang akan terjadi."
            ),
            remedy=message("Beri jenis: timer, pesan, atau sinyal."),
            wrong="""
                startEvent s
                intermediateCatchEvent Tunggu name="Tunggu"
                endEvent e
                s -> Tunggu -> e
            """,
            right="""
                startEvent s
                intermediateCatchEvent Tunggu name="1 hari"
                    timer timeDuration P1D
                endEvent e
                s -> Tunggu -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "throw-kind",
            title=message("Kejadian lempar mengirim pesan, sinyal, atau eskalasi"),
            meaning=message(
                "Waktu tidak dapat dikirim dan syarat tidak dapat dilempar: yang demikian"
                " ditunggu. Kejadian lempar tanpa jenis hanya menandai tempat."
            ),
            remedy=message("Pakai kejadian tangkap untuk menunggu, atau pilih jenis yang dikirim."),
            wrong="""
                startEvent s
                intermediateThrowEvent Tunggu name="1 hari"
                    timer timeDuration P1D
                endEvent e
                s -> Tunggu -> e
            """,
            right="""
                startEvent s
                intermediateCatchEvent Tunggu name="1 hari"
                    timer timeDuration P1D
                endEvent e
                s -> Tunggu -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "boundary-kind",
            title=message("Kejadian tepi menyebut yang ditangkap"),
            meaning=message(
                "Kejadian di tepi kegiatan tanpa jenis tidak pernah terjadi; jalan di"
                " belakangnya tidak pernah diambil."
            ),
            remedy=message(
                "Beri jenis: timer untuk tenggat, kesalahan, pesan, sinyal, atau eskalasi."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas name="Terlambat"
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                Lewat -> f
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas name="3 hari"
                    timer timeDuration P3D
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                Lewat -> f
            """,
            along=("unsupported",),
        ),
        Rule(
            "boundary-host",
            title=message("Kejadian tepi menempel pada kegiatan"),
            meaning=message(
                "Kejadian tepi mengamati satu kegiatan selama dikerjakan. Gerbang dan kejadian"
                " lain tidak dikerjakan, jadi tidak ada yang diamati."
            ),
            remedy=message("Tempelkan pada tugas atau subproses yang dimaksud."),
            wrong="""
                startEvent s
                intermediateThrowEvent Tercatat name="Tercatat"
                boundaryEvent Lewat attachedToRef=Tercatat name="3 hari"
                    timer timeDuration P3D
                endEvent e
                endEvent f
                s -> Tercatat -> e
                Lewat -> f
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas name="3 hari"
                    timer timeDuration P3D
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                Lewat -> f
            """,
        ),
    ),
)
