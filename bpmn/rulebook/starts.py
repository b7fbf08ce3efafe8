"""The rules on start events."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

STARTS = Family(
    "starts",
    message("Kejadian awal"),
    (
        Rule(
            "start-kind",
            title=message(
                "Proses dimulai begitu saja, atau oleh pesan, waktu, syarat, atau sinyal"
            ),
            meaning=message(
                "Kesalahan, eskalasi, dan kompensasi terjadi di dalam kasus yang berjalan;"
                " kasus baru tidak dapat dimulai olehnya."
            ),
            remedy=message(
                "Pakai kejadian awal tanpa jenis, atau timer bila kasus dimulai oleh waktu."
            ),
            wrong="""
                startEvent s name="Gagal"
                    <errorEventDefinition errorRef="gagal" />
                userTask Catat_kegagalan
                endEvent e
                s -> Catat_kegagalan -> e
                beside <error id="gagal" name="Gagal" errorCode="gagal" />
            """,
            right="""
                startEvent s
                userTask Catat_kegagalan
                endEvent e
                s -> Catat_kegagalan -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "subprocess-start",
            title=message("Subproses dimulai begitu saja"),
            meaning=message(
                "Subproses dimulai saat panahnya sampai. Kejadian awal yang menunggu pesan atau"
                " waktu akan menahannya di dalam, tanpa terlihat."
            ),
            remedy=message(
                "Hapus jenis kejadian awalnya; untuk menunggu, taruh kejadian antara sesudahnya."
            ),
            wrong="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t name="1 hari"
                        timer timeDuration P1D
                    userTask Periksa_berkas
                    endEvent u
                    t -> Periksa_berkas -> u
                within p
                endEvent e
                s -> Pemeriksaan -> e
            """,
            right="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t
                    intermediateCatchEvent Tunggu name="1 hari"
                        timer timeDuration P1D
                    userTask Periksa_berkas
                    endEvent u
                    t -> Tunggu -> Periksa_berkas -> u
                within p
                endEvent e
                s -> Pemeriksaan -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "event-start",
            title=message("Subproses kejadian menyebut kejadiannya"),
            meaning=message(
                "Subproses kejadian menunggu di samping alur. Tanpa satu kejadian awal yang"
                " berjenis, tidak ada yang memulainya."
            ),
            remedy=message(
                "Beri kejadian awalnya satu jenis: timer, pesan, sinyal, kesalahan, atau eskalasi."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                subProcess Terlambat triggeredByEvent=true
                within Terlambat
                    startEvent t
                    userTask Laporkan
                    endEvent u
                    t -> Laporkan -> u
                within p
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                subProcess Terlambat triggeredByEvent=true
                within Terlambat
                    startEvent t name="30 hari"
                        timer timeDuration P30D
                    userTask Laporkan
                    endEvent u
                    t -> Laporkan -> u
                within p
                endEvent e
                s -> Periksa_berkas -> e
            """,
            along=("unsupported",),
        ),
        Rule(
            "error-start",
            title=message("Kesalahan selalu menyela"),
            meaning=message(
                "Sesudah kesalahan, langkah yang gagal tidak dapat diteruskan. Subproses"
                " kejadian yang menangkapnya tidak boleh membiarkan yang lain berjalan."
            ),
            remedy=message(
                "Centang menyela (interrupting) pada kejadian awalnya; untuk yang tidak"
                " menyela, pakai eskalasi."
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
                subProcess Tangani triggeredByEvent=true
                within Tangani
                    startEvent v isInterrupting=false name="Palsu"
                        <errorEventDefinition errorRef="palsu" />
                    userTask Laporkan
                    endEvent w
                    v -> Laporkan -> w
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
                subProcess Tangani triggeredByEvent=true
                within Tangani
                    startEvent v name="Palsu"
                        <errorEventDefinition errorRef="palsu" />
                    userTask Laporkan
                    endEvent w
                    v -> Laporkan -> w
                within p
                endEvent e
                s -> Pemeriksaan -> e
                beside <error id="palsu" name="Palsu" errorCode="palsu" />
            """,
            along=("unsupported",),
        ),
    ),
)
