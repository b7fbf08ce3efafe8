"""The rules on data and expressions."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

DATA = Family(
    "data",
    message("Data dan ungkapan"),
    (
        Rule(
            "data-reference",
            title=message("Lambang data menunjuk data yang ada"),
            meaning=message(
                "Lambang data di gambar adalah penunjuk. Bila yang ditunjuk tidak ada di"
                " tingkat itu, gambarnya menyebut data yang tidak disimpan kasus."
            ),
            remedy=message("Gambar lagi lambang datanya dalam modeler."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                dataObjectReference Berkas dataObjectRef=hilang name=Berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                dataObjectReference Berkas dataObjectRef=berkas name=Berkas
                dataObject berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "data-association",
            title=message("Garis data menghubungkan data yang terlihat"),
            meaning=message(
                "Garis data mengatakan data apa yang dipakai atau dihasilkan sebuah langkah."
                " Yang menunjuk data di subproses lain tidak terlihat dari sana."
            ),
            remedy=message("Tarik garisnya ke lambang data di tingkat yang sama atau di luarnya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    <dataOutputAssociation id="hasil">
                    <targetRef>hilang</targetRef>
                    </dataOutputAssociation>
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    <dataOutputAssociation id="hasil">
                    <targetRef>Berkas</targetRef>
                    </dataOutputAssociation>
                dataObjectReference Berkas dataObjectRef=berkas name=Berkas
                dataObject berkas
                endEvent e
                s -> Periksa_berkas -> e
            """,
            along=("ignored",),
        ),
        Rule(
            "expression",
            title=message("Ungkapan dapat dibaca"),
            meaning=message(
                "Syarat, timer, dan skrip ditulis dalam bahasa ungkapan Alur. Yang tidak dapat"
                " dibaca tidak dapat dihitung saat kasus sampai di sana."
            ),
            remedy=message("Perbaiki tulisannya; bahasanya dijelaskan dalam petunjuk ungkapan."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field nilai type=long
                exclusiveGateway Pilih
                endEvent e
                endEvent f
                s -> Periksa_berkas -> Pilih
                Pilih -> e if nilai lebih dari 70
                Pilih -> f if nilai <= 70
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field nilai type=long
                exclusiveGateway Pilih
                endEvent e
                endEvent f
                s -> Periksa_berkas -> Pilih
                Pilih -> e if nilai > 70
                Pilih -> f if nilai <= 70
            """,
        ),
        Rule(
            "unknown-name",
            title=message("Ungkapan menyebut data yang ada"),
            meaning=message(
                "Nama dalam syarat harus diberikan oleh isian, skrip, atau jawaban. Salah ketik"
                " satu huruf saja menghentikan kasus di gerbang itu."
            ),
            remedy=message("Samakan namanya dengan ID isian."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway Pilih
                endEvent e
                endEvent f
                s -> Periksa_berkas -> Pilih
                Pilih -> e if lengkap
                Pilih -> f if not lengkab
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field lengkap type=boolean
                exclusiveGateway Pilih
                endEvent e
                endEvent f
                s -> Periksa_berkas -> Pilih
                Pilih -> e if lengkap
                Pilih -> f if not lengkap
            """,
        ),
    ),
)
