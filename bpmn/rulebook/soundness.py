"""The rules on to the end."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

_FAN = """
            startEvent s
            userTask Periksa_berkas
                field bagian type=long
            inclusiveGateway Bagi
            inclusiveGateway Gabung
            endEvent e
            s -> Periksa_berkas -> Bagi
            Gabung -> e
"""


def _branches(count: int) -> str:
    """So many steps that may run side by side."""
    ways = (
        f"userTask Langkah_{n}\nBagi -> Langkah_{n} if bagian > {n}\nLangkah_{n} -> Gabung\n"
        for n in range(count)
    )
    return _FAN + "".join(ways)


SOUNDNESS = Family(
    "soundness",
    message("Sampai ke akhir"),
    (
        Rule(
            "deadlock",
            title=message("Gerbang tidak menunggu yang tidak datang"),
            meaning=message(
                "Gerbang paralel menunggu semua jalannya. Bila salah satu tidak diambil,"
                " kasusnya menunggu selamanya."
            ),
            remedy=message(
                "Gabungkan dengan gerbang yang sejenis dengan yang memisahkan: eksklusif dengan"
                " eksklusif, paralel dengan paralel."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Simpan
                userTask Kembalikan
                parallelGateway Gabung
                endEvent e
                s -> Periksa_berkas -> g
                g -> Simpan if lengkap
                g -> Kembalikan if not lengkap
                Simpan -> Gabung -> e
                Kembalikan -> Gabung
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Simpan
                userTask Kembalikan
                exclusiveGateway Gabung
                endEvent e
                s -> Periksa_berkas -> g
                g -> Simpan if lengkap
                g -> Kembalikan if not lengkap
                Simpan -> Gabung -> e
                Kembalikan -> Gabung
            """,
        ),
        Rule(
            "never-ends",
            title=message("Dari mana pun ada jalan ke akhir"),
            meaning=message(
                "Kasus yang masuk ke putaran ini tidak dapat keluar lagi: langkahnya dikerjakan"
                " berulang-ulang dan kasusnya tidak pernah selesai."
            ),
            remedy=message("Tambahkan keputusan dengan jalan keluar dari putarannya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                exclusiveGateway Gabung
                userTask Lengkapi
                userTask Periksa_lagi
                endEvent e
                s -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Gabung if not lengkap
                Gabung -> Lengkapi -> Periksa_lagi -> Gabung
            """,
            right="""
                startEvent s
                exclusiveGateway Gabung
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway g name="Lengkap?"
                userTask Lengkapi
                endEvent e
                s -> Gabung -> Periksa_berkas -> g
                g -> e if lengkap
                g -> Lengkapi if not lengkap
                Lengkapi -> Gabung
            """,
        ),
        Rule(
            "doubled-token",
            title=message("Yang berjalan bersamaan digabungkan"),
            meaning=message(
                "Dua cabang yang bertemu tanpa digabungkan masing-masing berjalan terus:"
                " langkah di belakangnya dikerjakan dua kali."
            ),
            remedy=message("Gabungkan cabang-cabangnya dengan gerbang paralel atau inklusif."),
            wrong="""
                startEvent s
                parallelGateway Bagi
                userTask Periksa_berkas
                userTask Periksa_biaya
                userTask Beri_nomor
                endEvent e
                s -> Bagi -> Periksa_berkas -> Beri_nomor -> e
                Bagi -> Periksa_biaya -> Beri_nomor
            """,
            right="""
                startEvent s
                parallelGateway Bagi
                userTask Periksa_berkas
                userTask Periksa_biaya
                parallelGateway Gabung
                userTask Beri_nomor
                endEvent e
                s -> Bagi -> Periksa_berkas -> Gabung -> Beri_nomor -> e
                Bagi -> Periksa_biaya -> Gabung
            """,
        ),
        Rule(
            "dead-activity",
            title=message("Setiap langkah dapat dicapai"),
            meaning=message(
                "Langkah ini mempunyai panah masuk, tetapi tidak satu pun jalannya berpangkal"
                " pada kejadian awal. Langkah itu tidak pernah dikerjakan."
            ),
            remedy=message("Hubungkan langkahnya dengan jalan dari kejadian awal, atau hapus."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                userTask Siapkan_rapat
                userTask Rapat
                    field selesai type=boolean
                exclusiveGateway g name="Selesai?"
                endEvent f
                s -> Periksa_berkas -> e
                Siapkan_rapat -> Rapat -> g
                g -> Siapkan_rapat if not selesai
                g -> f if selesai
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                userTask Siapkan_rapat
                userTask Rapat
                    field selesai type=boolean
                exclusiveGateway g name="Selesai?"
                endEvent f
                s -> Periksa_berkas -> Siapkan_rapat -> Rapat -> g
                g -> Siapkan_rapat if not selesai
                g -> f if selesai
            """,
        ),
        Rule(
            "unproven",
            title=message("Terbukti sampai ke akhir"),
            meaning=message(
                "Di sini begitu banyak langkah dapat berjalan dalam urutan mana pun, sehingga"
                " tidak semuanya dapat diperiksa. Mungkin benar, tetapi belum terbukti."
            ),
            remedy=message(
                "Kelompokkan cabang-cabangnya dalam subproses, yang diperiksa masing-masing."
            ),
            wrong=_branches(20),
            right=_branches(3),
        ),
    ),
)
