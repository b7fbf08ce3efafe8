"""The rules on repetition."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

LOOPS = Family(
    "loops",
    message("Pengulangan"),
    (
        Rule(
            "one-loop",
            title=message("Satu jenis pengulangan"),
            meaning=message(
                "Kegiatan diulang selama sebuah syarat berlaku, atau untuk setiap butir sebuah"
                " daftar. Keduanya sekaligus tidak ada artinya."
            ),
            remedy=message(
                "Hapus salah satu penandanya; yang lain dapat mengulang subproses di sekitarnya."
            ),
            right="""
                startEvent s
                userTask Periksa_berkas
                    <multiInstanceLoopCharacteristics>
                    <loopCardinality>2</loopCardinality>
                    </multiInstanceLoopCharacteristics>
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "loop-maximum",
            title=message("Paling banyak berapa kali adalah bilangan bulat dari 1"),
            meaning=message(
                "Mesin berhenti mengulang setelah putaran sebanyak itu; nol atau pecahan tidak"
                " dapat dihitung."
            ),
            remedy=message("Isi loopMaximum dengan 1, 2, 3 …"),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    <standardLoopCharacteristics loopMaximum="0" />
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    <standardLoopCharacteristics loopMaximum="3" />
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "endless-loop",
            title=message("Pengulangan mengatakan kapan selesai"),
            meaning=message(
                "Tanpa syarat dan tanpa batas, kegiatannya dibuka lagi setiap kali selesai,"
                " tanpa akhir."
            ),
            remedy=message("Isi syarat pengulangan atau loopMaximum."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    <standardLoopCharacteristics />
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                    <standardLoopCharacteristics>
                    <loopCondition>not lengkap</loopCondition>
                    </standardLoopCharacteristics>
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "how-many",
            title=message("Menyebut berapa kali atau untuk daftar apa"),
            meaning=message(
                "Kegiatan yang dikerjakan beberapa kali harus tahu untuk siapa saja. Tanpa"
                " jumlah atau daftar, tidak satu pun dibuka."
            ),
            remedy=message("Isi daftarnya (collection) atau jumlahnya (loop cardinality)."),
            wrong="""
                startEvent s
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics />
                endEvent e
                s -> Minta_pendapat -> e
            """,
            right="""
                startEvent s
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopCardinality>3</loopCardinality>
                    </multiInstanceLoopCharacteristics>
                endEvent e
                s -> Minta_pendapat -> e
            """,
        ),
        Rule(
            "counted-twice",
            title=message("Jumlah atau daftar, tidak keduanya"),
            meaning=message(
                "Bila daftar berisi lima dan jumlahnya tiga, tidak jelas berapa kali"
                " kegiatannya dikerjakan."
            ),
            remedy=message("Hapus salah satunya."),
            wrong="""
                startEvent s
                scriptTask Siapkan scriptFormat=python
                    <script>bagian = ["umum", "keuangan"]</script>
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopCardinality>3</loopCardinality>
                    <loopDataInputRef>bagian</loopDataInputRef>
                    <inputDataItem id="butir" name="satu" />
                    </multiInstanceLoopCharacteristics>
                endEvent e
                s -> Siapkan -> Minta_pendapat -> e
            """,
            right="""
                startEvent s
                scriptTask Siapkan scriptFormat=python
                    <script>bagian = ["umum", "keuangan"]</script>
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopDataInputRef>bagian</loopDataInputRef>
                    <inputDataItem id="butir" name="satu" />
                    </multiInstanceLoopCharacteristics>
                endEvent e
                s -> Siapkan -> Minta_pendapat -> e
            """,
        ),
    ),
)
