"""The rules on forms."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

FORMS = Family(
    "forms",
    message("Formulir"),
    (
        Rule(
            "form-fields",
            title=message("Isian mempunyai nama, jenis, pilihan, dan batas yang benar"),
            meaning=message(
                "Syarat dan skrip menyebut isian dengan ID-nya, dan formulirnya dibangun dari"
                " jenisnya. Isian yang tidak benar tidak dapat ditampilkan atau dipakai."
            ),
            remedy=message(
                "Pakai huruf, angka, dan garis bawah untuk ID; pilih jenis yang ada; beri isian"
                " pilihan sedikitnya satu pilihan."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field hasil type=enum label="Hasil pemeriksaan"
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field hasil type=enum label="Hasil pemeriksaan"
                        choice lengkap=Lengkap
                        choice kurang=Belum lengkap
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "form-key",
            title=message("Formulir tertulis yang ada"),
            meaning=message(
                "formKey menunjuk formulir yang ditulis dalam program. Yang tidak ada tidak"
                " dapat ditampilkan; isian yang digambar di sampingnya tidak ditanyakan."
            ),
            remedy=message(
                "Gambar isiannya sendiri, atau pakai salah satu formulir tertulis dalam petunjuk."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas camunda:formKey=embedded:periksa.html
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field catatan type=text label=Catatan
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "service-answer",
            title=message("Jawaban layanan bernama yang dapat dipakai"),
            meaning=message(
                "alur:gives mengatakan nama apa yang masuk ke kasus dari sebuah jawaban. Nama"
                " dengan spasi atau tanda lain tidak dapat disebut oleh syarat."
            ),
            remedy=message("Pakai huruf, angka, dan garis bawah."),
            wrong="""
                startEvent s
                serviceTask Minta_nomor camunda:type=external camunda:topic=remind
                    property alur:gives=nomor surat
                endEvent e
                s -> Minta_nomor -> e
            """,
            right="""
                startEvent s
                serviceTask Minta_nomor camunda:type=external camunda:topic=remind
                    property alur:gives=nomor_surat
                endEvent e
                s -> Minta_nomor -> e
            """,
        ),
        Rule(
            "idle-constraint",
            title=message("Batasan cocok dengan jenis isiannya"),
            meaning=message(
                "Panjang membatasi tulisan; nilai terkecil dan terbesar membatasi angka dan"
                " tanggal. Pada jenis lain batasan itu tidak diperiksa."
            ),
            remedy=message("Ganti jenis isiannya, atau hapus batasannya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field nama type=string label=Nama
                        bound max=100
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field nama type=string label=Nama
                        bound maxlength=100
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "default-value",
            title=message("Nilai awal cocok dengan isiannya"),
            meaning=message(
                "Nilai awal yang tidak cocok dengan jenis atau pilihan isiannya diabaikan:"
                " isiannya kosong saat dibuka."
            ),
            remedy=message(
                "Tulis nilai yang sah (untuk pilihan: ID-nya); ungkapan ditulis sebagai prefill."
            ),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field jumlah type=long label=Jumlah defaultValue=sepuluh
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field jumlah type=long label=Jumlah defaultValue=10
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
    ),
)
