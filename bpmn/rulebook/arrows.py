"""The rules on arrows."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

ARROWS = Family(
    "arrows",
    message("Panah"),
    (
        Rule(
            "references",
            title=message("Panah menghubungkan dua bagian yang ada"),
            meaning=message(
                "Panah yang menunjuk bagian yang tidak ada membawa kasus ke mana-mana. Biasanya"
                " bagiannya dihapus di luar modeler."
            ),
            remedy=message("Gambar lagi bagiannya, atau hapus panahnya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> Periksa_berkas -> e
                Terima_berkas -> Arsip
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                userTask Periksa_berkas
                endEvent e
                s -> Terima_berkas -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "not-a-node",
            title=message("Panah alur hanya menghubungkan langkah"),
            meaning=message(
                "Panah alur mengatakan apa yang dikerjakan sesudah apa. Dokumen, data, dan"
                " catatan tidak dikerjakan, jadi tidak dapat didahului atau diikuti."
            ),
            remedy=message(
                "Hubungkan data dan catatan dengan garis asosiasi (putus-putus), dan langkah"
                " dengan panah."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                dataObjectReference Berkas dataObjectRef=berkas
                dataObject berkas
                endEvent e
                s -> Periksa_berkas -> e
                Periksa_berkas -> Berkas
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    <dataOutputAssociation id="hasil">
                    <targetRef>Berkas</targetRef>
                    </dataOutputAssociation>
                dataObjectReference Berkas dataObjectRef=berkas
                dataObject berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "across-pools",
            title=message("Panah alur tetap di dalam pool-nya"),
            meaning=message(
                "Setiap pool adalah proses sendiri yang berjalan sendiri. Panah alur tidak"
                " dapat membawa satu kasus ke proses lain."
            ),
            remedy=message(
                "Gambar pelaksana lain sebagai lajur dalam pool yang sama, bukan sebagai pool lain."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                Periksa_berkas -> Bayar
                beside <process id="q"><userTask id="Bayar" name="Bayar" /></process>
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Bendahara" name="Bendahara" processRef="q" />
                beside </collaboration>
            """,
            right="""
                lane Staf starter: s Periksa_berkas
                lane Bendahara superior(subject): Bayar e
                startEvent s
                userTask Periksa_berkas
                userTask Bayar
                endEvent e
                s -> Periksa_berkas -> Bayar -> e
            """,
            along=("collaboration",),
        ),
        Rule(
            "across-border",
            title=message("Panah alur tidak menembus batas subproses"),
            meaning=message(
                "Subproses dimasuki dan ditinggalkan sebagai satu langkah. Panah yang menembus"
                " batasnya membuat tidak jelas apakah subproses itu sudah selesai."
            ),
            remedy=message(
                "Hubungkan panahnya ke tepi subproses, dan beri subproses kejadian awal dan"
                " akhirnya sendiri."
            ),
            wrong="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t
                    userTask Periksa_berkas
                    endEvent u
                    t -> Periksa_berkas -> u
                within p
                userTask Simpan_berkas
                endEvent e
                s -> Pemeriksaan -> Simpan_berkas -> e
                Periksa_berkas -> Simpan_berkas
            """,
            right="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t
                    userTask Periksa_berkas
                    endEvent u
                    t -> Periksa_berkas -> u
                within p
                userTask Simpan_berkas
                endEvent e
                s -> Pemeriksaan -> Simpan_berkas -> e
            """,
        ),
        Rule(
            "self-flow",
            title=message("Kejadian tidak menuju dirinya sendiri"),
            meaning=message(
                "Kasus akan berputar di satu kejadian tanpa ada yang mengerjakan apa pun."
            ),
            remedy=message(
                "Hapus panahnya; pengulangan digambar lewat gerbang di depan langkah yang diulang."
            ),
            wrong="""
                startEvent s
                intermediateThrowEvent Tercatat name="Tercatat"
                endEvent e
                s -> Tercatat -> e
                Tercatat -> Tercatat
            """,
            right="""
                startEvent s
                intermediateThrowEvent Tercatat name="Tercatat"
                endEvent e
                s -> Tercatat -> e
            """,
            along=("never-ends",),
        ),
        Rule(
            "doubled-flow",
            title=message("Satu panah di antara dua bagian"),
            meaning=message(
                "BPMN membolehkan dua panah di antara dua bagian yang sama; artinya langkah"
                " kedua dikerjakan dua kali. Itu hampir tidak pernah dimaksudkan, dan Alur"
                " menganggapnya satu."
            ),
            remedy=message(
                "Hapus salah satunya; bila ada dua alasan, tulis keduanya dalam satu syarat"
                ' dengan "or".'
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                userTask Simpan_berkas
                endEvent e
                s -> Periksa_berkas -> Simpan_berkas -> e
                Periksa_berkas -> Simpan_berkas as kedua
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                userTask Simpan_berkas
                endEvent e
                s -> Periksa_berkas -> Simpan_berkas -> e
            """,
            along=("doubled-token",),
        ),
    ),
)
