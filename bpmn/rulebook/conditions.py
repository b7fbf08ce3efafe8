"""The rules on conditions and default ways."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

CONDITIONS = Family(
    "conditions",
    message("Syarat dan jalan bawaan"),
    (
        Rule(
            "condition-source",
            title=message("Syarat hanya sesudah kegiatan dan gerbang pemilih"),
            meaning=message(
                "Hanya kegiatan dan gerbang eksklusif atau inklusif yang memilih jalan. Gerbang"
                " paralel membuka semua jalan; syarat di belakangnya tidak akan ditanyakan."
            ),
            remedy=message(
                "Ganti gerbangnya menjadi eksklusif atau inklusif, atau hapus syaratnya."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field perlu_rapat type=boolean
                parallelGateway Bagi
                userTask Rapat
                userTask Catat
                parallelGateway Gabung
                endEvent e
                s -> Periksa_berkas -> Bagi
                Bagi -> Rapat if perlu_rapat
                Bagi -> Catat -> Gabung -> e
                Rapat -> Gabung
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field perlu_rapat type=boolean
                inclusiveGateway Bagi
                userTask Rapat
                userTask Catat
                inclusiveGateway Gabung
                endEvent e
                s -> Periksa_berkas -> Bagi
                Bagi -> Rapat if perlu_rapat
                Bagi -> Catat if true
                Catat -> Gabung -> e
                Rapat -> Gabung
            """,
        ),
        Rule(
            "lone-condition",
            title=message("Satu-satunya jalan tidak bersyarat"),
            meaning=message("Bila syaratnya tidak terpenuhi, kasus tidak dapat ke mana-mana."),
            remedy=message("Hapus syaratnya, atau gambar jalan kedua."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                endEvent e
                s -> Periksa_berkas
                Periksa_berkas -> e if lengkap
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "default-owner",
            title=message("Jalan bawaan berasal dari bagiannya sendiri"),
            meaning=message(
                "Jalan bawaan (default) diambil bila tidak ada syarat yang terpenuhi; yang"
                " bukan jalan keluar bagian itu tidak dapat diambil."
            ),
            remedy=message("Pilih salah satu panah keluar dari bagian itu sebagai bawaan."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?" default=s_Periksa_berkas
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Kembalikan -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Kembalikan if not lengkap
                Kembalikan -> e
            """,
            along=("way-out",),
        ),
        Rule(
            "default-condition",
            title=message("Jalan bawaan tidak bersyarat"),
            meaning=message(
                "Jalan bawaan diambil justru bila tidak ada syarat yang terpenuhi; syarat"
                " padanya saling bertentangan dengan itu."
            ),
            remedy=message("Hapus syaratnya, atau hapus tanda bawaannya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?" default=g_Kembalikan
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Kembalikan if not lengkap
                Kembalikan -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Kembalikan if not lengkap
                Kembalikan -> e
            """,
        ),
        Rule(
            "idle-default",
            title=message("Jalan bawaan kegiatan berdampingan dengan jalan bersyarat"),
            meaning=message(
                "Jalan bawaan sebuah kegiatan menunggu syarat di sampingnya gagal. Tanpa jalan"
                " bersyarat, jalan itu tidak pernah diambil."
            ),
            remedy=message("Hapus tanda bawaannya, atau isi syarat pada jalan yang lain."),
            wrong="""
                startEvent s
                userTask Periksa_berkas default=Periksa_berkas_e
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "default-way",
            title=message("Jalan bawaan tidak berarti setuju"),
            meaning=message(
                "Jalan bawaan diambil juga bila tidak ada jawaban sama sekali. Persetujuan yang"
                " terjadi karena tidak ada yang menjawab tidak dapat dipertanggungjawabkan."
            ),
            remedy=message(
                "Tulis syarat pada setiap cabang; bila jalan bawaan memang dimaksudkan,"
                " pastikan itu jalan yang aman."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?" default=g_e
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> Kembalikan if not lengkap
                g -> e
                Kembalikan -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Kembalikan
                endEvent e
                s -> Periksa_berkas -> g
                g -> Kembalikan if not lengkap
                g -> e if lengkap
                Kembalikan -> e
            """,
        ),
    ),
)
