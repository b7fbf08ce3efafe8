"""The rules on errors and messages."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

ERRORS = Family(
    "errors",
    message("Kesalahan dan pesan"),
    (
        Rule(
            "error-boundary",
            title=message("Kesalahan di tepi selalu menyela"),
            meaning=message(
                "Kegiatan yang berakhir dengan kesalahan sudah berhenti; kejadian tepi yang"
                " menangkapnya tidak dapat membiarkannya berjalan terus."
            ),
            remedy=message("Ubah menjadi kejadian tepi yang menyela, atau pakai eskalasi."),
            wrong="""
                startEvent s
                serviceTask Kirim_data camunda:type=external camunda:topic=remind
                boundaryEvent Gagal attachedToRef=Kirim_data cancelActivity=false name="Gagal"
                    <errorEventDefinition errorRef="gagal" />
                endEvent e
                endEvent f
                s -> Kirim_data -> e
                Gagal -> f
                beside <error id="gagal" name="Gagal" errorCode="gagal" />
            """,
            right="""
                startEvent s
                serviceTask Kirim_data camunda:type=external camunda:topic=remind
                boundaryEvent Gagal attachedToRef=Kirim_data name="Gagal"
                    <errorEventDefinition errorRef="gagal" />
                endEvent e
                endEvent f
                s -> Kirim_data -> e
                Gagal -> f
                beside <error id="gagal" name="Gagal" errorCode="gagal" />
            """,
            along=("unsupported",),
        ),
        Rule(
            "cancel-boundary",
            title=message("Hanya transaksi yang dapat dibatalkan di tepinya"),
            meaning=message(
                "Pembatalan (cancel) menangkap akhir sebuah transaksi yang dibatalkan. Pada"
                " kegiatan lain tidak ada yang ditangkapnya."
            ),
            remedy=message("Pakai kesalahan di tepi subproses."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent Batal attachedToRef=Periksa_berkas name="Batal"
                    <cancelEventDefinition />
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                Batal -> f
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "event-reference",
            title=message("Pesan, sinyal, dan kesalahan yang disebut ada dalam berkas"),
            meaning=message(
                "Yang mengirim dan yang menunggu bertemu lewat nama pesan atau sinyalnya. Bila"
                " yang disebut tidak ada, keduanya tidak pernah bertemu."
            ),
            remedy=message(
                "Pilih atau buat pesan, sinyal, atau kesalahannya dalam panel properti."
            ),
            wrong="""
                startEvent s
                intermediateCatchEvent Tunggu name="Kantor buka"
                    <signalEventDefinition signalRef="buka" />
                endEvent e
                s -> Tunggu -> e
            """,
            right="""
                startEvent s
                intermediateCatchEvent Tunggu name="Kantor buka"
                    <signalEventDefinition signalRef="buka" />
                endEvent e
                s -> Tunggu -> e
                beside <signal id="buka" name="Kantor buka" />
            """,
            along=("unsupported",),
        ),
        Rule(
            "task-message",
            title=message("Pesan sebuah tugas ada dalam berkas"),
            meaning=message(
                "Tugas terima menunggu pesan dengan nama itu; tanpa pesannya, tidak ada yang"
                " dapat sampai dan kasusnya menunggu selamanya."
            ),
            remedy=message("Pilih atau buat pesannya dalam panel properti tugas."),
            wrong="""
                startEvent s
                receiveTask Terima_jawaban messageRef=jawaban
                endEvent e
                s -> Terima_jawaban -> e
            """,
            right="""
                startEvent s
                receiveTask Terima_jawaban messageRef=jawaban
                endEvent e
                s -> Terima_jawaban -> e
                beside <message id="jawaban" name="Jawaban" />
            """,
            along=("unsupported",),
        ),
        Rule(
            "error-caught",
            title=message("Kesalahan ditangkap"),
            meaning=message(
                "Kejadian akhir kesalahan menghentikan subprosesnya. Bila tidak ada yang"
                " menangkapnya, kasusnya berhenti sebagai insiden."
            ),
            remedy=message(
                "Taruh kejadian tepi kesalahan dengan kode yang sama pada subprosesnya."
            ),
            wrong="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t
                    userTask Periksa_berkas
                    endEvent u name="Palsu"
                        <errorEventDefinition errorRef="palsu" />
                    t -> Periksa_berkas -> u
                within p
                endEvent e
                s -> Pemeriksaan -> e
                beside <error id="palsu" name="Palsu" errorCode="palsu" />
            """,
            right="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t
                    userTask Periksa_berkas
                    endEvent u name="Palsu"
                        <errorEventDefinition errorRef="palsu" />
                    t -> Periksa_berkas -> u
                within p
                boundaryEvent Palsu attachedToRef=Pemeriksaan name="Palsu"
                    <errorEventDefinition errorRef="palsu" />
                userTask Laporkan
                endEvent e
                endEvent f
                s -> Pemeriksaan -> e
                Palsu -> Laporkan -> f
                beside <error id="palsu" name="Palsu" errorCode="palsu" />
            """,
        ),
    ),
)
