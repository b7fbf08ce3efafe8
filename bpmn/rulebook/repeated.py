"""The rules on repetition for a list."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

REPEATED = Family(
    "repeated",
    message("Pengulangan untuk daftar"),
    (
        Rule(
            "loop-item",
            title=message("Daftar dan butirnya disebut bersama"),
            meaning=message(
                "Setiap putaran mendapat satu butir dari daftar. Tanpa nama butirnya, tidak ada"
                " yang tahu putaran itu untuk apa."
            ),
            remedy=message(
                "Isi keduanya: loopDataInputRef dan inputDataItem (atau loopDataOutputRef dan"
                " outputDataItem)."
            ),
            wrong="""
                startEvent s
                scriptTask Siapkan scriptFormat=python
                    <script>bagian = ["umum", "keuangan"]</script>
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopDataInputRef>bagian</loopDataInputRef>
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
        Rule(
            "item-name",
            title=message("Nama butir dapat dipakai ungkapan"),
            meaning=message(
                "Nama butir dipakai dalam syarat dan isian putaran itu, jadi harus berupa"
                " huruf, angka, atau garis bawah."
            ),
            remedy=message("Ganti namanya, misalnya satu_bagian."),
            wrong="""
                startEvent s
                scriptTask Siapkan scriptFormat=python
                    <script>bagian = ["umum", "keuangan"]</script>
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopDataInputRef>bagian</loopDataInputRef>
                    <inputDataItem id="butir" name="satu bagian" />
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
        Rule(
            "empty-expression",
            title=message("Ungkapan pengulangan tidak kosong"),
            meaning=message(
                "Ungkapan yang digambar tetapi kosong tidak dapat dihitung saat kasus berjalan."
            ),
            remedy=message("Isi ungkapannya, atau hapus."),
            wrong="""
                startEvent s
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopCardinality></loopCardinality>
                    </multiInstanceLoopCharacteristics>
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
            "loop-place",
            title=message("Subproses kejadian tidak diulang"),
            meaning=message(
                "Subproses kejadian sudah terjadi sesering kejadiannya datang; penanda"
                " pengulangan padanya tidak ada artinya."
            ),
            remedy=message(
                "Hapus penandanya; yang diulang dapat berupa subproses biasa di dalamnya."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                subProcess Terlambat triggeredByEvent=true
                    <standardLoopCharacteristics loopMaximum="3" />
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
            "loop-waktu",
            title=message("Waktu hanya untuk satu tugas"),
            meaning=message(
                "Waktu adalah waktu baku satu pengerjaan. Pada kegiatan yang dikerjakan"
                " beberapa kali tidak jelas pengerjaan mana yang diukur."
            ),
            remedy=message(
                "Taruh tugas beserta timer Waktu-nya dalam subproses, dan ulangi subproses itu."
            ),
            wrong="""
                startEvent s
                userTask Minta_pendapat
                    <multiInstanceLoopCharacteristics>
                    <loopCardinality>3</loopCardinality>
                    </multiInstanceLoopCharacteristics>
                boundaryEvent w attachedToRef=Minta_pendapat cancelActivity=false name="1 jam"
                    property alur:timer=waktu
                    timer timeDuration PT1H
                endEvent e
                endEvent f
                s -> Minta_pendapat -> e
                w -> f
            """,
            right="""
                startEvent s
                subProcess Tiap_bagian
                    <multiInstanceLoopCharacteristics>
                    <loopCardinality>3</loopCardinality>
                    </multiInstanceLoopCharacteristics>
                within Tiap_bagian
                    startEvent t
                    userTask Minta_pendapat
                    boundaryEvent w attachedToRef=Minta_pendapat cancelActivity=false name="1 jam"
                        property alur:timer=waktu
                        timer timeDuration PT1H
                    endEvent u
                    endEvent v
                    t -> Minta_pendapat -> u
                    w -> v
                within p
                endEvent e
                s -> Tiap_bagian -> e
            """,
        ),
    ),
)
