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
            "start-form",
            title=message("Formulir awal diisi oleh orang yang memulai"),
            meaning=message(
                "Isian pada kejadian awal ditanyakan kepada orang yang memulai kasus. Bila timer"
                " yang memulai, tidak ada yang mengisinya; dan sebelum ada kasus belum ada tempat"
                " menyimpan berkas."
            ),
            remedy=message(
                "Pindahkan isiannya ke langkah pertama, atau pakai kejadian awal biasa tanpa"
                " isian berkas."
            ),
            wrong="""
                startEvent Permohonan
                    field surat type=file label="Surat permohonan"
                userTask Periksa_berkas
                endEvent e
                Permohonan -> Periksa_berkas -> e
            """,
            right="""
                startEvent Permohonan
                    field perihal type=string label=Perihal
                userTask Periksa_berkas
                endEvent e
                Permohonan -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "start-data",
            title=message("Panggilan membawa isian wajib proses yang dipanggil"),
            meaning=message(
                "Proses yang dipanggil tidak dimulai oleh orang, sehingga formulir awalnya tidak"
                " ditanyakan: datanya dibawa oleh panggilan. Yang wajib dan tidak dibawa tidak akan"
                " pernah ada."
            ),
            remedy=message(
                "Bawa isian itu pada panggilannya dengan nama yang sama, atau jadikan tidak wajib."
            ),
            wrong="""
                startEvent s
                userTask Tulis_catatan
                    field catatan type=string label=Catatan
                callActivity Minta_izin calledElement=izin
                    <camunda:in source="catatan" target="catatan" />
                endEvent e
                s -> Tulis_catatan -> Minta_izin -> e
                beside <process id="izin" name="Izin" isExecutable="true">
                beside <startEvent id="Awal" name="Izin diminta"><extensionElements
                beside ><camunda:formData><camunda:formField id="perihal" type="string"
                beside ><camunda:validation><camunda:constraint name="required"
                beside /></camunda:validation></camunda:formField></camunda:formData
                beside ></extensionElements></startEvent>
                beside <endEvent id="Akhir" name="Izin diberikan" />
                beside <sequenceFlow id="Awal_Akhir" sourceRef="Awal" targetRef="Akhir" />
                beside </process>
            """,
            right="""
                startEvent s
                userTask Tulis_perihal
                    field perihal type=string label=Perihal
                callActivity Minta_izin calledElement=izin
                    <camunda:in source="perihal" target="perihal" />
                endEvent e
                s -> Tulis_perihal -> Minta_izin -> e
            """,
            along=("executable",),
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
