"""The rules on order of data, and services."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

ORDER = Family(
    "order",
    message("Urutan data dan layanan"),
    (
        Rule(
            "later-name",
            title=message("Data diisi sebelum dibaca"),
            meaning=message(
                "Syarat ini membaca isian yang baru ditanyakan di langkah sesudahnya; saat"
                " kasus sampai di sini, isian itu belum ada."
            ),
            remedy=message(
                "Pindahkan isiannya ke langkah sebelumnya, atau keputusannya ke belakang."
            ),
            wrong="""
                startEvent s
                userTask Terima_berkas
                exclusiveGateway Pilih
                userTask Periksa_berkas
                    field lengkap type=boolean
                endEvent e
                endEvent f
                s -> Terima_berkas -> Pilih
                Pilih -> Periksa_berkas if lengkap
                Pilih -> f if not lengkap
                Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                    field lengkap type=boolean
                exclusiveGateway Pilih
                userTask Periksa_berkas
                endEvent e
                endEvent f
                s -> Terima_berkas -> Pilih
                Pilih -> Periksa_berkas if lengkap
                Pilih -> f if not lengkap
                Periksa_berkas -> e
            """,
        ),
        Rule(
            "perhaps-missing",
            title=message("Data terisi pada semua jalan"),
            meaning=message(
                "Pada salah satu jalan ke sini, isian yang dibaca tidak pernah ditanyakan."
                " Kasus yang lewat jalan itu akan terhenti."
            ),
            remedy=message(
                "Isi pada semua jalan, atau beri nilai awal dengan tugas skrip di depan."
            ),
            wrong="""
                startEvent s
                userTask Terima_berkas
                    field penting type=boolean
                exclusiveGateway Pilih
                userTask Nilai_berkas
                    field nilai type=long
                exclusiveGateway Gabung
                exclusiveGateway Pilih_2
                endEvent e
                endEvent f
                s -> Terima_berkas -> Pilih
                Pilih -> Nilai_berkas if penting
                Pilih -> Gabung if not penting
                Nilai_berkas -> Gabung -> Pilih_2
                Pilih_2 -> e if nilai > 70
                Pilih_2 -> f if nilai <= 70
            """,
            right="""
                startEvent s
                scriptTask Siapkan scriptFormat=python
                    <script>nilai = 0</script>
                userTask Terima_berkas
                    field penting type=boolean
                exclusiveGateway Pilih
                userTask Nilai_berkas
                    field nilai type=long
                exclusiveGateway Gabung
                exclusiveGateway Pilih_2
                endEvent e
                endEvent f
                s -> Siapkan -> Terima_berkas -> Pilih
                Pilih -> Nilai_berkas if penting
                Pilih -> Gabung if not penting
                Nilai_berkas -> Gabung -> Pilih_2
                Pilih_2 -> e if nilai > 70
                Pilih_2 -> f if nilai <= 70
            """,
        ),
        Rule(
            "parallel-writes",
            title=message("Cabang yang bersamaan menulis nama yang berbeda"),
            meaning=message(
                "Cabang paralel bekerja dengan salinan datanya sendiri; di gerbang penggabung"
                " nilai yang ditulis terakhir menang. Nilai yang lain hilang tanpa ada yang"
                " tahu."
            ),
            remedy=message("Beri isian di setiap cabang nama sendiri."),
            wrong="""
                startEvent s
                parallelGateway Bagi
                userTask Periksa_berkas
                    field catatan type=text
                userTask Periksa_biaya
                    field catatan type=text
                parallelGateway Gabung
                endEvent e
                s -> Bagi -> Periksa_berkas -> Gabung -> e
                Bagi -> Periksa_biaya -> Gabung
            """,
            right="""
                startEvent s
                parallelGateway Bagi
                userTask Periksa_berkas
                    field catatan_berkas type=text
                userTask Periksa_biaya
                    field catatan_biaya type=text
                parallelGateway Gabung
                endEvent e
                s -> Bagi -> Periksa_berkas -> Gabung -> e
                Bagi -> Periksa_biaya -> Gabung
            """,
        ),
        Rule(
            "unserved-topic",
            title=message("Setiap topik ada yang melayani"),
            meaning=message(
                "Tugas layanan menunggu jawaban dari program yang melayani topiknya. Topik mana"
                " yang dilayani ditentukan pemasangan di kantor ini."
            ),
            remedy=message("Perbaiki topiknya, atau mintalah administrator memasang layanannya."),
            wrong="""
                startEvent s
                serviceTask Minta_nomor camunda:type=external camunda:topic=layanan_yang_tidak_ada
                endEvent e
                s -> Minta_nomor -> e
            """,
            right="""
                startEvent s
                userTask Beri_nomor
                endEvent e
                s -> Beri_nomor -> e
            """,
        ),
        Rule(
            "compiled",
            title=message("Seluruh diagram sampai ke mesin"),
            meaning=message(
                "Sesudah diterjemahkan untuk dijalankan, setiap bagian diperiksa: apakah masih"
                " ada dan sama. Temuan ini berarti ada yang hilang; itu kekurangan Alur, bukan"
                " kekeliruan Anda."
            ),
            remedy=message(
                "Sampaikan diagramnya kepada pengelola Alur; sementara itu gambar bagian yang"
                " disebut dengan cara lain."
            ),
        ),
    ),
)
