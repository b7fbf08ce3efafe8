"""The rules on pools, subprocesses and calls."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

CALLS = Family(
    "calls",
    message("Pool, subproses, dan panggilan"),
    (
        Rule(
            "called",
            title=message("Panggilan menyebut prosesnya"),
            meaning=message(
                "Aktivitas panggil menjalankan proses lain sebagai satu langkah. Tanpa kunci"
                " proses itu tidak ada yang dijalankan."
            ),
            remedy=message("Isi called element dengan kunci proses yang dipanggil."),
            wrong="""
                startEvent s
                callActivity Minta_persetujuan
                endEvent e
                s -> Minta_persetujuan -> e
            """,
            right="""
                startEvent s
                callActivity Minta_persetujuan calledElement=persetujuan
                endEvent e
                s -> Minta_persetujuan -> e
            """,
        ),
        Rule(
            "calls-itself",
            title=message("Proses tidak memanggil dirinya sendiri"),
            meaning=message(
                "Setiap panggilan akan memanggil lagi, dan kasusnya tidak pernah sampai ke akhir."
            ),
            remedy=message("Gambar pengulangannya dengan gerbang, atau panggil proses lain."),
            wrong="""
                startEvent s
                callActivity Ulangi calledElement=p
                endEvent e
                s -> Ulangi -> e
            """,
            right="""
                startEvent s
                callActivity Minta_persetujuan calledElement=persetujuan
                endEvent e
                s -> Minta_persetujuan -> e
            """,
        ),
        Rule(
            "callable",
            title=message("Yang dipanggil berlaku"),
            meaning=message(
                "Kasus memakai versi proses yang berlaku saat kasus itu dimulai. Bila proses"
                " yang dipanggil belum diberlakukan, atau memanggil kembali pemanggilnya,"
                " kasusnya tidak dapat dimulai."
            ),
            remedy=message("Berlakukan proses yang dipanggil dahulu, atau perbaiki kuncinya."),
            wrong="""
                startEvent s
                callActivity Minta_persetujuan calledElement=proses_yang_belum_ada
                endEvent e
                s -> Minta_persetujuan -> e
            """,
            right="""
                startEvent s
                userTask Minta_persetujuan
                endEvent e
                s -> Minta_persetujuan -> e
            """,
        ),
        Rule(
            "inner-lanes",
            title=message("Lajur membagi proses, bukan subproses"),
            meaning=message(
                "Subproses berdiri dalam satu lajur bersama isinya. Lajur di dalamnya akan"
                " mengatakan dua hal tentang siapa yang mengerjakan."
            ),
            remedy=message(
                "Hapus lajur di dalam subproses; keluarkan langkah orang lain dari subprosesnya."
            ),
            wrong="""
                startEvent s
                subProcess Pemeriksaan
                    <laneSet><lane id="Dalam" name="Dalam">
                    <flowNodeRef>t</flowNodeRef>
                    </lane></laneSet>
                within Pemeriksaan
                    startEvent t
                    endEvent u
                    t -> u
                within p
                endEvent e
                s -> Pemeriksaan -> e
            """,
            right="""
                startEvent s
                subProcess Pemeriksaan
                within Pemeriksaan
                    startEvent t
                    endEvent u
                    t -> u
                within p
                endEvent e
                s -> Pemeriksaan -> e
            """,
        ),
        Rule(
            "pool-process",
            title=message("Pool menunjuk proses yang ada"),
            meaning=message(
                "Pool adalah bingkai sebuah proses. Yang menunjuk proses yang tidak ada"
                " menampilkan kotak kosong, dan tidak ada yang tahu apa isinya."
            ),
            remedy=message("Hapus pool-nya, atau gambar lagi dalam modeler."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Dinas" name="Dinas" processRef="dinas" />
                beside </collaboration>
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Dinas" name="Dinas" />
                beside </collaboration>
            """,
        ),
        Rule(
            "one-pool",
            title=message("Satu proses, satu pool"),
            meaning=message(
                "Proses yang digambar di dua pool berbunyi seolah ada dua pihak, padahal yang"
                " berjalan satu."
            ),
            remedy=message("Hapus salah satu pool; pihak lain digambar sebagai lajur."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Bagian" name="Bagian" processRef="p" />
                beside </collaboration>
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside </collaboration>
            """,
        ),
        Rule(
            "message-ends",
            title=message("Alur pesan menghubungkan pool, kegiatan, dan kejadian pesan"),
            meaning=message("Gerbang dan kejadian lain tidak mengirim dan tidak menerima apa pun."),
            remedy=message(
                "Hubungkan pesan itu dengan kegiatan atau kejadian pesan. Alur sendiri belum"
                " mengirim alur pesan; gambar pengirimannya di dalam proses."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Pemohon" name="Pemohon" />
                beside <messageFlow id="surat" sourceRef="Pemohon" targetRef="s" />
                beside </collaboration>
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                endEvent e
                s -> Periksa_berkas -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <participant id="Pemohon" name="Pemohon" />
                beside </collaboration>
            """,
            along=("collaboration",),
        ),
        Rule(
            "own-pool",
            title=message("Alur pesan menuju pool lain"),
            meaning=message(
                "Di dalam satu pool, urutan langkah digambar dengan panah alur. Alur pesan"
                " antara dua langkahnya tidak menjalankan apa pun."
            ),
            remedy=message("Ganti alur pesannya dengan panah alur."),
            wrong="""
                startEvent s
                userTask Terima_surat
                userTask Periksa_surat
                endEvent e
                s -> Terima_surat -> Periksa_surat -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside <messageFlow id="surat" sourceRef="Terima_surat" targetRef="Periksa_surat" />
                beside </collaboration>
            """,
            right="""
                startEvent s
                userTask Terima_surat
                userTask Periksa_surat
                endEvent e
                s -> Terima_surat -> Periksa_surat -> e
                beside <collaboration id="k">
                beside <participant id="Kantor" name="Kantor" processRef="p" />
                beside </collaboration>
            """,
            along=("collaboration",),
        ),
    ),
)
