"""Tables of a made-up office in the shapes that DOCX and XLSX can give them."""

from table_writers import C, docx, table, xlsx

_SHAPE = (
    '<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:wsp>'
    '<a:prstGeom prst="{}"/></wps:wsp></w:drawing></mc:Choice>'
    "<mc:Fallback><w:pict><v:rect/></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def drawn(kind: str) -> C:
    """A cell of DOCX with a symbol drawn in it."""
    return C(raw=_SHAPE.format(kind))


def pengadaan() -> bytes:
    """DOCX: an identity grid, numbers of a list, merged rows, drawn symbols, two decisions."""
    number = C(listed="1")
    identity = [
        [C("PEMERINTAH KOTA CONTOH\nBAGIAN PENGADAAN", rows=3), "Nomor SOP", "21/PBJ/2024"],
        ["Tanggal Pembuatan", "3 Januari 2024"],
        ["Disahkan oleh", "Kepala Bagian Pengadaan\n\nNama Contoh, S.E.\nNIP. -"],
        [C("Bagian Pengadaan"), "Nama SOP", "Pengadaan Langsung"],
        [C("Dasar Hukum"), C("Kualifikasi Pelaksana", span=2)],
        [C("Peraturan Presiden tentang Pengadaan\nPeraturan Kepala Lembaga", listed="2"),
         C("1. Bersertifikat\n2. Memahami anggaran", span=2)],
        [C("Peringatan"), C("Pencatatan dan Pendataan", span=2)],
        [C("Pembayaran terlambat."), C("Buku pengadaan", span=2)],
    ]  # fmt: skip
    steps = [
        [C("No", rows=2), C("Kegiatan", rows=2), C("Pelaksana", span=3), C("Mutu Baku", span=3),
         C("Ket", rows=2)],
        ["PPK", "Pejabat Pengadaan", "Penyedia", "Kelengkapan", "Waktu", "Output"],
        [number, "Menyusun HPS", drawn("flowChartTerminator"), "", "", "Survei harga", "2 hari",
         "HPS", ""],
        [number, "Meneliti dokumen, jika tidak lengkap kembali ke 1", "",
         drawn("flowChartDecision"), "", "HPS", "1 hari", "Dokumen", ""],
        [number, "Menilai penawaran, jika tidak memenuhi kembali ke 2", "",
         drawn("flowChartDecision"), "", "Penawaran", "1 hari", "Berita acara", ""],
        [C(listed="1", rows=2), C("Menandatangani kontrak", rows=2), drawn("flowChartProcess"), "",
         "", "Kontrak", C("3 jam", rows=2), "Kontrak", ""],
        ["", "", drawn("rect"), "Meterai", "Salinan kontrak", "rangkap dua"],
        [number, "Mengirim barang", "", "", drawn("flowChartTerminator"), "Kontrak",
         "paling lama 14 hari kalender", "Barang", ""],
    ]  # fmt: skip
    return docx("STANDAR OPERASIONAL PROSEDUR", identity, "", steps)


def rapat() -> bytes:
    """DOCX: a heading of three lines and a line of counts, the table going on in a second one."""
    head = [
        [C("No", rows=3), C("Uraian Kegiatan", rows=3), C("Pelaksana", span=4),
         C("Mutu Baku", span=3), C("Keterangan", rows=3)],
        [C("Dinas", span=2), C("Bidang", span=2), C("Kelengkapan", rows=2), C("Waktu", rows=2),
         C("Output", rows=2)],
        ["Kepala", "Sekretaris", "Kabid", "Staf"],
        ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"],
    ]  # fmt: skip
    first = [
        ["1", "Menentukan agenda rapat", "x", "", "", "", "Catatan", "1 jam", "Agenda", ""],
        ["2", "Membuat undangan", "", "x", "", "", "Agenda", "30 menit", "Undangan",
         "lanjut ke 3, 4 dan 5"],
    ]  # fmt: skip
    second = [
        ["3", "Menyiapkan bahan", "", "", "x", "", "Undangan", "1 hari", "Bahan", ""],
        ["4", "Menyiapkan ruang", "", "", "", "x", "Undangan", "1 jam", "Ruang", ""],
        ["5", "Menyiapkan daftar hadir", "", "", "", "x", "Undangan", "15 menit", "Daftar", ""],
        ["6", "Memimpin rapat", C("x", span=2), "", "", "Bahan", "2 jam", "Keputusan", ""],
        ["7", "Menyusun notula", "", "", "", "x", "Keputusan", "1 hari", "Notula", "bila perlu"],
    ]
    return docx("SOP Rapat Dinas", [*head, *first], "", second)


def arsip() -> bytes:
    """XLSX: Mulai and Selesai as rows, signs of symbols, a joined Mutu Baku, a sheet beside it."""
    rows = [
        [C("SOP PENYIMPANAN ARSIP", span=7)],
        [""],
        ["No", "Kegiatan", C("Pelaksana", span=3), C("Mutu Baku"), "Keterangan"],
        ["", "", "Arsiparis", "Kasubbag", "Pencipta Arsip", "", ""],
        ["", "Mulai", "", "", "⬭", "", ""],
        ["1", "Menyerahkan arsip", "", "", "■", "Daftar arsip; 1 hari; Berita acara", ""],
        ["2", "Menilai arsip", "◇", "", "", "Daftar arsip; 2 jam; Hasil penilaian",
         "musnah ke 3, simpan ke 4"],
        ["3", "Menyetujui pemusnahan", "", "◇", "", "Usul; 1 hari; Persetujuan",
         "Jika ditolak lanjut ke 4"],
        ["", "Selesai", "⬭", "", "", "", ""],
        ["4", "Menyimpan arsip, selesai", "■", "", "", "Arsip; 30 menit; Boks", ""],
    ]  # fmt: skip
    return xlsx([["Catatan kantor"]], rows)


def aset() -> bytes:
    """XLSX: actors' columns without Pelaksana above them, and minutes as bare numbers."""
    rows = [
        ["Nama SOP", "Peminjaman Aset"],
        ["Tanggal Efektif", "15/03/2024"],
        [""],
        ["No.", "Tahapan", "Peminjam", "Pengurus Barang", "Kasubbag Umum", "Kelengkapan",
         "Waktu (menit)", "Hasil", "Ket.", "Risiko"],
        ["1", "Mengisi formulir", "1", "", "", "Formulir", "10", "Permohonan", "", "rendah"],
        ["3", "Memeriksa barang; tersedia/tidak", "", "1", "", "Permohonan", "20", "Catatan",
         "Jika barang tidak tersedia, proses dihentikan", ""],
        ["5", "Menyetujui peminjaman", "", "", "1", "Catatan", "5-10", "Persetujuan", "", ""],
        ["7", "Menyerahkan barang kepada peminjam", "", "1", "", "Persetujuan", "15", "Barang",
         "-", ""],
        ["", "", "", "", "", "Jumlah", "", "", "", ""],
    ]  # fmt: skip
    return xlsx(rows)


KENAIKAN_ACTORS = (
    "Pegawai", "Staf Kepegawaian", "Kasubbag Kepegawaian", "Sekretaris", "Kepala Dinas", "BKD",
    "Gubernur",
)  # fmt: skip


def kenaikan_pangkat() -> bytes:
    """XLSX: forty rows, seven actors, the heading repeated after each fifteen."""
    head = [
        [C("No", rows=2), C("Kegiatan", rows=2), C("Pelaksana", span=7), C("Mutu Baku", span=3),
         C("Keterangan", rows=2)],
        [*KENAIKAN_ACTORS, "Kelengkapan", "Waktu", "Output"],
    ]  # fmt: skip
    rows: list[list[C | str]] = []
    for number in range(1, 41):
        if number % 15 == 1:
            rows += head
        marks = ["V" if place == number * 3 % 7 else "" for place in range(7)]
        said = f"ditolak ke {number - 4}, diterima ke {number + 1}" if number % 10 == 5 else ""
        rows.append([str(number), f"Mengerjakan berkas bagian {number}", *marks,
                     f"Berkas {number}", f"{number} menit", f"Hasil {number}", said])  # fmt: skip
    return xlsx(rows)


def surat_keluar() -> bytes:
    """DOCX: one column names who acts, merged over rows; a table that lies in a table."""
    steps = [
        ["No", "Aktivitas", "Pelaksana", "Persyaratan", "Waktu", "Keluaran", "Keterangan"],
        ["1", "Membuat konsep surat", C("Staf", rows=2), "Disposisi", "1 jam", "Konsep", ""],
        ["2", "Mengetik surat", "Konsep", "30 menit", "Surat", ""],
        ["3", "Memeriksa surat. Apabila salah dikembalikan kepada staf, apabila benar diteruskan "
         "kepada Kepala", "Kasubbag", "Surat", "20 menit", "Paraf", ""],
        ["4", "Memberi nomor surat", "Staf", "Paraf", "5 menit", "Nomor", "lanjut ke 6"],
        ["5", "Menandatangani surat dan kembali ke 4", "Kepala", "Surat", "1/2 hari", "Surat", ""],
        ["6", "Mengirim surat", "Kasubbag/Staf", "Surat\nAmplop", "1 hari", "Bukti kirim", ""],
    ]  # fmt: skip
    return docx("SOP Surat Keluar", [[C(raw=table(steps))]])


BUILT = {
    "pengadaan.docx": pengadaan,
    "rapat.docx": rapat,
    "arsip.xlsx": arsip,
    "aset.xlsx": aset,
    "kenaikan_pangkat.xlsx": kenaikan_pangkat,
    "surat_keluar.docx": surat_keluar,
}
