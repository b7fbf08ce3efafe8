"""The rules on ids and names."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

IDS = Family(
    "ids",
    message("ID dan nama"),
    (
        Rule(
            "missing-id",
            title=message("Setiap proses, lajur, bagian, dan panah mempunyai ID"),
            meaning=message(
                "Riwayat kasus menyimpan apa yang terjadi di bawah ID bagiannya. Tanpa ID tidak"
                " ada yang dapat dicatat atau ditunjuk."
            ),
            remedy=message(
                "Isi ID dalam panel properti. Modeler memberinya sendiri; biasanya berkas ini"
                " dibuat dengan tangan."
            ),
            wrong="""
                startEvent s
                subProcess Periksa_berkas
                    <startEvent id="t" />
                    <endEvent id="u" />
                    <sequenceFlow sourceRef="t" targetRef="u" />
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                subProcess Periksa_berkas
                    <startEvent id="t" />
                    <endEvent id="u" />
                    <sequenceFlow id="t_u" sourceRef="t" targetRef="u" />
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "reserved-id",
            title=message("Tidak memakai ID milik mesin"),
            meaning=message(
                "Mesin yang menjalankan diagram menambahkan bagian bernama Start, End, Root,"
                " dan sejenisnya. Bagian Anda dengan nama yang sama akan tertimpa tanpa ada yang"
                " tahu."
            ),
            remedy=message("Beri ID lain, misalnya Mulai atau Selesai."),
            wrong="""
                startEvent Start
                userTask Terima_berkas
                endEvent Selesai
                Start -> Terima_berkas -> Selesai
            """,
            right="""
                startEvent Mulai
                userTask Terima_berkas
                endEvent Selesai
                Mulai -> Terima_berkas -> Selesai
            """,
        ),
        Rule(
            "too-long",
            title=message("ID dan nama tidak terlalu panjang"),
            meaning=message(
                "Riwayat menyimpan ID sampai 100 huruf dan nama proses sampai 255 huruf. Yang"
                " lebih panjang akan terpotong, dan yang terpotong tidak dapat dibuktikan."
            ),
            remedy=message(
                "Persingkat ID-nya; kalimat lengkapnya tempatnya di nama atau dokumentasi."
            ),
            wrong="""
                startEvent s
                userTask Memeriksa_kelengkapan_berkas_permohonan_cuti_tahunan_pegawai_yang_diajukan_melalui_atasan_langsungnya_sendiri name="Memeriksa berkas"
                endEvent e
                s -> Memeriksa_kelengkapan_berkas_permohonan_cuti_tahunan_pegawai_yang_diajukan_melalui_atasan_langsungnya_sendiri as satu
                Memeriksa_kelengkapan_berkas_permohonan_cuti_tahunan_pegawai_yang_diajukan_melalui_atasan_langsungnya_sendiri -> e as dua
            """,  # noqa: E501  # an id that long
            right="""
                startEvent s
                userTask Memeriksa_berkas
                endEvent e
                s -> Memeriksa_berkas -> e
            """,
        ),
    ),
)
