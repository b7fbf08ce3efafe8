"""The rules on who does the work."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

PEOPLE = Family(
    "people",
    message("Siapa yang mengerjakan"),
    (
        Rule(
            "lane-reference",
            title=message("Lajur memuat bagian yang ada"),
            meaning=message(
                "Lajur menyebut bagian yang berdiri di dalamnya. Yang tidak ada lagi dalam"
                " proses ini membuat gambar dan pembagian kerja tidak cocok."
            ),
            remedy=message("Simpan lagi dari modeler; ia menulis isi lajur menurut gambarnya."),
            wrong="""
                lane Staf starter: s Periksa_berkas Beri_nomor e
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                lane Staf starter: s Periksa_berkas e
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "lane-membership",
            title=message("Setiap langkah berada dalam satu lajur"),
            meaning=message(
                "Lajur mengatakan siapa yang mengerjakan. Langkah di luar lajur tidak menjadi"
                " tugas siapa pun, dan langkah dalam dua lajur diperebutkan."
            ),
            remedy=message("Geser langkahnya sehingga seluruhnya berada dalam satu lajur."),
            wrong="""
                lane Staf starter: s Periksa_berkas e
                startEvent s
                userTask Periksa_berkas
                userTask Simpan_berkas
                endEvent e
                s -> Periksa_berkas -> Simpan_berkas -> e
            """,
            right="""
                lane Staf starter: s Periksa_berkas Simpan_berkas e
                startEvent s
                userTask Periksa_berkas
                userTask Simpan_berkas
                endEvent e
                s -> Periksa_berkas -> Simpan_berkas -> e
            """,
            along=("actor-rule",),
        ),
        Rule(
            "actor-rule",
            title=message("Setiap lajur mengatakan siapa pelaksananya"),
            meaning=message(
                "Nama lajur hanyalah tulisan; alur:actor mengatakan siapa yang mendapat"
                " tugasnya: pegawai yang bersangkutan, atasannya, pemulai, sebuah kelompok, atau"
                " satu orang."
            ),
            remedy=message(
                "Pilih lajurnya dan isi Pelaksana, misalnya superior(subject) atau group:layanan."
            ),
            wrong="""
                lane Staf: s Periksa_berkas e
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                lane Staf starter: s Periksa_berkas e
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "distinct",
            title=message("alur:distinct menyebut lajur yang ada"),
            meaning=message(
                "alur:distinct menjaga agar dua lajur tidak diisi orang yang sama. Bila"
                " lajurnya salah tulis, penjagaan itu tidak berlaku."
            ),
            remedy=message("Tulis ID lajurnya (bukan namanya), dipisahkan koma."),
            wrong="""
                property alur:distinct=Staf,Penilai
                lane Staf starter: s Periksa_berkas
                lane Atasan superior(subject): Setujui_berkas e
                startEvent s
                userTask Periksa_berkas
                userTask Setujui_berkas
                endEvent e
                s -> Periksa_berkas -> Setujui_berkas -> e
            """,
            right="""
                property alur:distinct=Staf,Atasan
                lane Staf starter: s Periksa_berkas
                lane Atasan superior(subject): Setujui_berkas e
                startEvent s
                userTask Periksa_berkas
                userTask Setujui_berkas
                endEvent e
                s -> Periksa_berkas -> Setujui_berkas -> e
            """,
        ),
        Rule(
            "staffing",
            title=message("Lajur dapat diisi direktori"),
            meaning=message(
                "Kelompok atau orang yang disebut lajur harus ada dalam direktori dan bertugas;"
                " kelompok yang kosong berarti tugas yang tidak diterima siapa pun. Ini"
                " diperiksa di kantor ini saat versi disimpan dan diberlakukan."
            ),
            remedy=message(
                "Mintalah administrator membuat atau mengisi kelompoknya, atau perbaiki kode"
                " dalam alur:actor."
            ),
            wrong="""
                lane Staf group:kelompok_yang_tidak_ada: s Periksa_berkas e
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                lane Staf starter: s Periksa_berkas e
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "own-approval",
            title=message("Yang menyetujui bukan yang mengerjakan"),
            meaning=message(
                "Persetujuan atas pekerjaan sendiri bukan pemeriksaan. Dalam satu lajur, atau"
                " dalam dua lajur yang dapat diisi orang yang sama, hal itu dapat terjadi."
            ),
            remedy=message(
                "Pindahkan persetujuannya ke lajur lain, dan sebutkan kedua lajur dalam"
                " alur:distinct pada proses."
            ),
            wrong="""
                startEvent s
                userTask Susun_berkas
                userTask Setujui_berkas
                    field keputusan type=enum
                        choice setuju=Setuju
                        choice tolak=Tolak
                exclusiveGateway g name="Keputusan?"
                endEvent e name="Disetujui"
                endEvent f name="Ditolak"
                s -> Susun_berkas -> Setujui_berkas -> g
                g -> e if keputusan == "setuju"
                g -> f if keputusan == "tolak"
            """,
            right="""
                property alur:distinct=Staf,Atasan
                lane Staf starter: s Susun_berkas
                lane Atasan superior(subject): Setujui_berkas g e f
                startEvent s
                userTask Susun_berkas
                userTask Setujui_berkas
                    field keputusan type=enum
                        choice setuju=Setuju
                        choice tolak=Tolak
                exclusiveGateway g name="Keputusan?"
                endEvent e name="Disetujui"
                endEvent f name="Ditolak"
                s -> Susun_berkas -> Setujui_berkas -> g
                g -> e if keputusan == "setuju"
                g -> f if keputusan == "tolak"
            """,
        ),
    ),
)
