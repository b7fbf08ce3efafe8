"""The rules on ways from start to end."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

FLOW = Family(
    "flow",
    message("Jalan dari awal ke akhir"),
    (
        Rule(
            "one-start",
            title=message("Satu kejadian awal"),
            meaning=message(
                "Kasus harus tahu dari mana mulai. BPMN membolehkan beberapa kejadian awal atau"
                " tidak satu pun; pembaca SOP tidak akan tahu mana yang berlaku."
            ),
            remedy=message(
                "Sisakan satu kejadian awal; bila kasus dapat bermula dari beberapa hal,"
                " tanyakan itu pada langkah pertama."
            ),
            wrong="""
                startEvent Surat name="Surat masuk"
                startEvent Telepon name="Telepon"
                exclusiveGateway Gabung
                userTask Catat_permohonan
                endEvent e
                Surat -> Gabung -> Catat_permohonan -> e
                Telepon -> Gabung
            """,
            right="""
                startEvent Mulai name="Permohonan masuk"
                userTask Catat_permohonan
                endEvent e
                Mulai -> Catat_permohonan -> e
            """,
        ),
        Rule(
            "an-end",
            title=message("Proses yang bermula juga berakhir"),
            meaning=message(
                "Tanpa kejadian akhir tidak terlihat kapan kasus selesai, dan tidak ada yang"
                " dapat menghitung lama penyelesaiannya."
            ),
            remedy=message("Tambahkan kejadian akhir sesudah langkah terakhir."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                s -> Periksa_berkas
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            along=("way-out",),
        ),
        Rule(
            "way-in",
            title=message("Setiap langkah mempunyai jalan masuk"),
            meaning=message(
                "Langkah tanpa panah masuk tidak pernah diterima siapa pun: tertulis dalam SOP,"
                " tetapi tidak dikerjakan."
            ),
            remedy=message("Tarik panah dari langkah sebelumnya, atau hapus langkahnya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                userTask Beri_nomor
                endEvent e
                s -> Periksa_berkas -> e
                Beri_nomor -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                userTask Beri_nomor
                endEvent e
                s -> Periksa_berkas -> Beri_nomor -> e
            """,
        ),
        Rule(
            "start-way-out",
            title=message("Kejadian awal mempunyai jalan keluar"),
            meaning=message(
                "Kasus yang dimulai di sini langsung habis: tidak ada langkah yang dibuka, dan"
                " pemulai mengira kasusnya berjalan."
            ),
            remedy=message("Tarik panah dari kejadian awal ke langkah pertama."),
            wrong="""
                startEvent s
                endEvent e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            along=("way-in",),
        ),
        Rule(
            "event-way-out",
            title=message("Kejadian antara dan kejadian tepi mempunyai jalan keluar"),
            meaning=message(
                "Sesuatu terjadi, dan kemudian? Tanpa panah keluar, kejadian itu tidak"
                " berakibat, misalnya timer yang lewat tanpa ada yang diberi tahu."
            ),
            remedy=message("Tarik panah ke langkah atau kejadian akhir yang menanganinya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas cancelActivity=false name="3 hari"
                    timer timeDuration P3D
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                boundaryEvent Lewat attachedToRef=Periksa_berkas cancelActivity=false name="3 hari"
                    timer timeDuration P3D
                userTask Tegur_petugas
                endEvent e
                endEvent f
                s -> Periksa_berkas -> e
                Lewat -> Tegur_petugas -> f
            """,
        ),
        Rule(
            "way-out",
            title=message("Setiap langkah berlanjut, setiap cabang bersyarat"),
            meaning=message(
                "Dari kegiatan dan gerbang harus ada jalan terus. Cabang sebuah keputusan tanpa"
                " syarat tidak mengatakan kapan diambil, sehingga kasus akan berhenti di sana."
            ),
            remedy=message(
                "Tarik panah ke langkah berikutnya; isi syarat pada setiap cabang, atau tandai"
                " satu cabang sebagai bawaan (default)."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Simpan
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> Simpan if lengkap
                g -> Kembalikan
                Simpan -> e
                Kembalikan -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Simpan
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> Simpan if lengkap
                g -> Kembalikan if not lengkap
                Simpan -> e
                Kembalikan -> e
            """,
        ),
    ),
)
