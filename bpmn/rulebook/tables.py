"""The rules on tables and work in bulk."""

from __future__ import annotations

from bpmn.messages import message
from bpmn.rulebook.rule import Family, Rule

TABLES = Family(
    "tables",
    message("Tabel dan pekerjaan sekaligus"),
    (
        Rule(
            "table-columns",
            title=message("Tabel menyebut kolomnya"),
            meaning=message(
                "Kolom menentukan apa yang diisi dalam setiap baris dan nama yang dipakai"
                " ungkapan. Tanpa kolom, tabelnya tidak dapat ditampilkan."
            ),
            remedy=message("Isi columns, misalnya uraian:text*, harga:money."),
            wrong="""
                startEvent s
                userTask Daftar_barang
                    field barang type=table label=Barang
                endEvent e
                s -> Daftar_barang -> e
            """,
            right="""
                startEvent s
                userTask Daftar_barang
                    field barang type=table label=Barang
                    property columns=uraian:text*, harga:money
                endEvent e
                s -> Daftar_barang -> e
            """,
        ),
        Rule(
            "table-rows",
            title=message("Jumlah baris adalah bilangan bulat sampai 500"),
            meaning=message(
                "minRows dan maxRows membatasi tabel agar halamannya tetap dapat dipakai."
            ),
            remedy=message("Isi bilangan bulat, minRows tidak melebihi maxRows."),
            wrong="""
                startEvent s
                userTask Daftar_barang
                    field barang type=table label=Barang
                    property columns=uraian:text*, harga:money
                    property maxRows=5000
                endEvent e
                s -> Daftar_barang -> e
            """,
            right="""
                startEvent s
                userTask Daftar_barang
                    field barang type=table label=Barang
                    property columns=uraian:text*, harga:money
                    property maxRows=50
                endEvent e
                s -> Daftar_barang -> e
            """,
        ),
        Rule(
            "table-total",
            title=message("Yang dijumlahkan adalah kolom angka"),
            meaning=message(
                "Jumlah ditampilkan di bawah tabel. Kolom tulisan tidak dapat dijumlahkan, dan"
                " kolom yang tidak ada pun tidak."
            ),
            remedy=message("Sebutkan kolom berjenis long, decimal, atau money."),
            wrong="""
                startEvent s
                userTask Daftar_barang
                    field barang type=table label=Barang
                    property columns=uraian:text*, harga:money
                    property total=uraian
                endEvent e
                s -> Daftar_barang -> e
            """,
            right="""
                startEvent s
                userTask Daftar_barang
                    field barang type=table label=Barang
                    property columns=uraian:text*, harga:money
                    property total=harga
                endEvent e
                s -> Daftar_barang -> e
            """,
        ),
        Rule(
            "lone-property",
            title=message("Properti isian cocok dengan jenisnya"),
            meaning=message(
                "Kolom dan baris milik tabel, accept milik berkas, unit milik orang. Pada jenis"
                " lain tidak ada akibatnya."
            ),
            remedy=message("Ganti jenis isiannya, atau hapus propertinya."),
            wrong="""
                startEvent s
                userTask Periksa_berkas
                    field surat type=string label=Surat
                    property accept=pdf
                endEvent e
                s -> Periksa_berkas -> e
            """,
            right="""
                startEvent s
                userTask Periksa_berkas
                    field surat type=file label=Surat
                    property accept=pdf
                endEvent e
                s -> Periksa_berkas -> e
            """,
        ),
        Rule(
            "bulk",
            title=message("Yang dikerjakan sekaligus berformulir pendek"),
            meaning=message(
                "Pekerjaan sekaligus menampilkan satu baris untuk setiap kasus. Tabel, berkas,"
                " formulir tertulis, dan tanda tangan memerlukan halaman sendiri."
            ),
            remedy=message("Hapus alur:bulk, atau pindahkan isian yang besar ke langkah lain."),
            wrong="""
                startEvent s
                userTask Terima_berkas
                    property alur:bulk=true
                    field surat type=file label=Surat
                endEvent e
                s -> Terima_berkas -> e
            """,
            right="""
                startEvent s
                userTask Terima_berkas
                    property alur:bulk=true
                    field nomor type=string label=Nomor
                endEvent e
                s -> Terima_berkas -> e
            """,
        ),
    ),
)
