"""The rules on what can be run."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

DIALECT = Family(
    "dialect",
    message("Yang dapat dijalankan"),
    (
        Rule(
            "unsupported",
            title=message("Hanya yang dapat dijalankan dengan benar"),
            meaning=message(
                "Sebagian isi BPMN belum dijalankan Alur. Daripada dijalankan keliru,"
                " diagramnya ditolak dan bagiannya disebut."
            ),
            remedy=message(
                "Ganti dengan bagian yang dijalankan: tugas skrip untuk hitungan, tugas layanan"
                " untuk sistem lain, timer untuk menunggu."
            ),
            wrong="""
                startEvent s
                businessRuleTask Hitung_tarif
                endEvent e
                s -> Hitung_tarif -> e
            """,
            right="""
                startEvent s
                scriptTask Hitung_tarif scriptFormat=python
                    <script>tarif = 50000</script>
                endEvent e
                s -> Hitung_tarif -> e
            """,
        ),
        Rule(
            "ignored",
            title=message("Yang digambar mempunyai arti"),
            meaning=message(
                "Bagian ini sah dalam BPMN, tetapi tidak ada akibatnya di Alur. Tugas tanpa"
                " jenis, misalnya, dilewati begitu saja: tidak ada yang mendapatkannya."
            ),
            remedy=message(
                "Pilih jenis tugasnya (kunci inggris, User Task), atau hapus bagian yang tidak"
                " berarti."
            ),
            wrong="""
                startEvent s
                task Periksa_berkas
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
            "extension",
            title=message("Tanpa pendengar dan pemetaan Camunda"),
            meaning=message(
                "Pendengar (listener), pemetaan masukan, dan konektor Camunda menjalankan"
                " program yang tidak ada di sini. Bila dilewati, langkahnya berjalan tanpa apa"
                " yang diandalkan pembuatnya."
            ),
            remedy=message(
                "Hapus dari panel properti, dan gambar maksudnya sebagai tugas skrip atau tugas"
                " layanan."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    <camunda:taskListener event="create" class="id.kantor.Kirim" />
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
            "foreign",
            title=message("Tanpa perluasan mesin lain"),
            meaning=message(
                "Perluasan mesin lain dapat berarti siapa yang mengerjakan atau apa yang"
                " ditanyakan. Yang berarti ditolak, karena kasusnya akan berjalan lain; yang"
                " lain hanya disebut dan tidak dibaca."
            ),
            remedy=message(
                "Katakan hal yang sama dengan properti Alur, misalnya alur:actor pada lajurnya,"
                " lalu hapus perluasan itu."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas xmlns:lain=http://contoh.id/mesin-lain lain:assignee=budi
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
            "known-properties",
            title=message("Nama properti yang dikenal"),
            meaning=message(
                "Properti alur: dan sop: yang salah eja tidak dibaca siapa pun: SOP-nya"
                " kekurangan keterangan, atau aturannya tidak berlaku, tanpa ada yang melihat."
            ),
            remedy=message(
                "Perbaiki ejaannya; nama yang dikenal tercantum dalam petunjuk menggambar prosedur."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    property sop:keluaran=Berkas lengkap
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    property sop:output=Berkas lengkap
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
    ),
)
