"""The rules on files."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

FILES = Family(
    "files",
    message("Berkas"),
    (
        Rule(
            "readable",
            title=message("Berkas yang dapat dibaca"),
            meaning=message(
                "Alur hanya membaca berkas BPMN 2.0 berupa XML yang benar, tanpa DOCTYPE,"
                " paling besar 5 MB. Berkas yang lebih dalam, lebih besar, atau memuat deklarasi"
                " sendiri dapat menghentikan server, jadi ditolak sebelum dibaca."
            ),
            remedy=message(
                "Simpan diagram itu lagi dari modeler, atau hapus baris DOCTYPE dari berkasnya."
            ),
            wrong="""
                <!DOCTYPE definitions [<!ENTITY kantor "Kantor Contoh">]>
                <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  targetNamespace="contoh">
                  <process id="p" name="&kantor;" isExecutable="true" />
                </definitions>
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
        ),
        Rule(
            "schema",
            title=message("Berkas sesuai skema BPMN 2.0"),
            meaning=message(
                "Skema resmi BPMN 2.0 menentukan nama, tempat, dan nilai setiap bagian berkas."
                " Yang menyimpang dibaca lain oleh setiap alat, sehingga tidak ada yang pasti"
                " tentang jalannya."
            ),
            remedy=message(
                "Perbaiki baris yang disebut temuan, atau gambar bagian itu lagi dalam modeler."
            ),
            wrong="""
                process isExecutable=ya
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
        ),
        Rule(
            "doubled-id",
            title=message("Setiap bagian mempunyai ID sendiri"),
            meaning=message(
                "Panah, lajur, riwayat, dan tugas menyebut bagian dengan ID-nya. Bila dua"
                " bagian memakai ID yang sama, tidak pasti yang mana yang dimaksud."
            ),
            remedy=message("Beri salah satu bagian ID lain dalam panel properti (Umum, ID)."),
            wrong="""
                startEvent s
                userTask Periksa name="Memeriksa berkas"
                userTask Periksa name="Memeriksa lagi"
                endEvent e
                s -> Periksa -> e
            """,
            right="""
                startEvent s
                userTask Periksa name="Memeriksa berkas"
                userTask Periksa_lagi name="Memeriksa lagi"
                endEvent e
                s -> Periksa -> Periksa_lagi -> e
            """,
        ),
        Rule(
            "executable",
            title=message("Tepat satu proses ditandai dapat dijalankan"),
            meaning=message(
                'Satu berkas menjadi satu proses dalam pustaka. Tanda "Executable" mengatakan'
                " proses mana itu; tanpa tanda, gambarnya hanya gambar."
            ),
            remedy=message(
                "Klik kanvas atau pool-nya dan centang Executable; pisahkan proses kedua ke"
                " berkas lain."
            ),
            wrong="""
                process isExecutable=false
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
            along=("collaboration",),
        ),
        Rule(
            "platform",
            title=message("Dibuat untuk Camunda Platform"),
            meaning=message(
                "Berkas untuk mesin lain (misalnya Camunda Cloud) menyimpan pelaksana,"
                " formulir, dan syarat dengan cara yang tidak dibaca Alur. Kelihatannya sama,"
                " jalannya berbeda."
            ),
            remedy=message(
                "Pilih Camunda Platform saat membuat diagram, lalu isi lagi pelaksana,"
                " formulir, dan syaratnya."
            ),
            wrong="""
                file xmlns:modeler=http://camunda.org/schema/modeler/1.0
                file modeler:executionPlatform="Camunda Cloud"
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
            right="""
                file xmlns:modeler=http://camunda.org/schema/modeler/1.0
                file modeler:executionPlatform="Camunda Platform"
                startEvent s
                userTask Terima_berkas
                endEvent e
                s -> Terima_berkas -> e
            """,
        ),
        Rule(
            "collaboration",
            title=message("Tanpa alur pesan antar-pool dan tanpa proses yang diam"),
            meaning=message(
                "Alur menjalankan satu proses. Alur pesan ke pool lain tidak dikirim siapa pun,"
                " dan proses lain dalam berkas yang sama tidak berjalan; pembaca diagram akan"
                " mengira sebaliknya."
            ),
            remedy=message(
                "Gambar pesan sebagai kejadian pesan atau tugas kirim di dalam proses, dan"
                " hapus alur pesannya."
            ),
            wrong="""
                startEvent s
                userTask Terima_surat
                endEvent e
                s -> Terima_surat -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Pemohon" name="Pemohon" />
                beside <messageFlow id="surat" sourceRef="Pemohon" targetRef="Terima_surat" />
                beside </collaboration>
            """,
            right="""
                startEvent s
                userTask Terima_surat
                endEvent e
                s -> Terima_surat -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Pemohon" name="Pemohon" />
                beside </collaboration>
            """,
        ),
        Rule(
            "layout",
            title=message("Diagram mempunyai gambar"),
            meaning=message(
                "Berkas yang dibuat program sering hanya berisi langkah tanpa letaknya."
                " Kasusnya tetap berjalan dan Alur menata gambarnya sendiri, tetapi modeler lain"
                " tidak dapat membukanya."
            ),
            remedy=message(
                'Jalankan "alur layout BERKAS -o HASIL", atau simpan diagramnya dari modeler Alur.'
            ),
            wrong="""
                <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
                  targetNamespace="contoh">
                  <process id="p" isExecutable="true">
                    <startEvent id="s" />
                    <endEvent id="e" />
                    <sequenceFlow id="s_e" sourceRef="s" targetRef="e" />
                  </process>
                </definitions>
            """,
            right="""
                startEvent s
                endEvent e
                s -> e
            """,
        ),
    ),
)
