"""The rules on arrows at events."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

EDGES = Family(
    "edges",
    message("Panah pada kejadian"),
    (
        Rule(
            "into-start",
            title=message("Tidak ada panah ke kejadian awal"),
            meaning=message(
                "Kejadian awal hanya terjadi sekali, saat kasus dimulai. Mengulang dari awal"
                " berarti kembali ke langkah pertama, bukan memulai kasus baru."
            ),
            remedy=message("Arahkan panahnya ke gerbang di depan langkah pertama."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                endEvent e
                s -> Periksa_berkas -> g
                g -> e if lengkap
                g -> s if not lengkap
            """,
            right="""
                startEvent s
                exclusiveGateway Gabung
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                endEvent e
                s -> Gabung -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Gabung if not lengkap
            """,
        ),
        Rule(
            "into-boundary",
            title=message("Tidak ada panah ke kejadian tepi"),
            meaning=message(
                "Kejadian tepi terjadi karena waktu, pesan, atau kesalahan selama kegiatannya"
                " dikerjakan, bukan karena langkah lain selesai."
            ),
            remedy=message(
                "Arahkan panahnya ke kegiatannya, atau ke langkah sesudah kejadian tepi."
            ),
            wrong="""
                startEvent s
                userTask Terima_berkas
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas name="3 hari"
                    timer timeDuration P3D
                endEvent e
                endEvent f
                s -> Terima_berkas -> Lewat -> f
                Terima_berkas -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas name="3 hari"
                    timer timeDuration P3D
                endEvent e
                endEvent f
                s -> Terima_berkas -> Periksa_berkas -> e
                Lewat -> f
            """,
        ),
        Rule(
            "out-of-end",
            title=message("Kejadian akhir adalah akhir"),
            meaning=message(
                "Sesudah kejadian akhir tidak ada lagi yang dikerjakan; panah keluar darinya"
                " tidak pernah dilalui."
            ),
            remedy=message(
                "Pindahkan kejadian akhir ke belakang langkah terakhir, atau pakai kejadian antara."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent Selesai name="Diperiksa"
                userTask Simpan_berkas
                endEvent e
                s -> Periksa_berkas -> Selesai -> Simpan_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                userTask Simpan_berkas
                endEvent e
                s -> Periksa_berkas -> Simpan_berkas -> e
            """,
            along=("dead-activity",),
        ),
        Rule(
            "event-subprocess-flow",
            title=message("Subproses kejadian berdiri di luar alur"),
            meaning=message(
                "Subproses kejadian dimulai oleh kejadiannya (waktu, pesan, kesalahan), kapan"
                " pun itu. Panah ke sana atau dari sana bertentangan dengan itu."
            ),
            remedy=message(
                "Hapus panahnya; bila langkahnya memang berurutan, pakai subproses biasa."
            ),
            wrong="""
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
                Periksa_berkas -> Terlambat
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
        ),
        Rule(
            "handler-flow",
            title=message("Kegiatan kompensasi berdiri di luar alur"),
            meaning=message(
                "Kegiatan kompensasi hanya membatalkan kegiatan lain sesudah sesuatu gagal."
                " Alur belum menjalankan kompensasi, dan panah ke sana pun salah menurut BPMN."
            ),
            remedy=message(
                "Hapus tanda kompensasinya, dan gambar pembatalan sebagai langkah biasa pada"
                " cabangnya sendiri."
            ),
            wrong="""
                startEvent s
                userTask Pesan_ruang
                userTask Batalkan_ruang isForCompensation=true
                endEvent e
                s -> Pesan_ruang -> Batalkan_ruang -> e
            """,
            right="""
                startEvent s
                userTask Pesan_ruang
                userTask Batalkan_ruang
                endEvent e
                s -> Pesan_ruang -> Batalkan_ruang -> e
            """,
            along=("unsupported",),
        ),
    ),
)
