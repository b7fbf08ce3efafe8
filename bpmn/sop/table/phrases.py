"""The phrases in which SOPs say under which condition, to whom and to which row work goes on.

Patterns for spelled text (`bpmn.sop.table.words.spelled`): small letters, one line.
"""

from __future__ import annotations

import re

IF = r"(?:jika|apabila|bila(?:mana)?|kalau|manakala|dalam\s+hal)"
# What opens a condition without "jika": "… , ditolak ke 7", "Lengkap: ke 5".
_JUDGED = (
    r"(?:(?:tidak|tdk|belum|kurang)(?:\s+\w+)?|(?:di\s?)?(?:tolak|terima|setujui|revisi|perbaiki)|"
    r"setuju|lengkap|sesuai|memenuhi|layak|benar|salah|sah|valid|lulus|gagal|perbaikan|ya|y|t)"
)
CONDITION = re.compile(
    rf"\b{IF}\b"
    r"|(?:^|[.,;:(/]|\b(?:dan|atau|sedangkan|namun|tetapi|serta)\b)\s*"
    rf"(?:dan\s+|atau\s+|yang\s+|bagi\s+yang\s+){{0,3}}(?={_JUDGED}\b)"
    r"|\byang\s+(?=(?:tidak|tdk|belum|kurang|ditolak)\b)"
)
OPTIONAL = re.compile(rf"{IF}\s+(?:perlu|diperlukan|dibutuhkan|dipandang\s+perlu|dianggap\s+perlu)")
# How a row is named ("langkah 3"), and what after a number says that it counts other things.
REF = (
    r"(?:(?:langkah|kegiatan|nomor|no|tahap(?:an)?|baris|aktivitas|butir|poin|point|prosedur)"
    r"\b\.?\s*(?:ke\s*-?\s*)?)"
)
_COUNTS = r"(?!\s*(?:hari|jam|menit|minggu|bulan|tahun|orang|rangkap|lembar|%|kali|x\b)|[0-9/])"
ONE = rf"[0-9]{{1,4}}(?:\.[0-9]{{1,3}})*[a-z]?\b{_COUNTS}"
_LINK = rf"\s*(?:,|dan|&|serta|atau|/)\s*(?:ke\s+)?{REF}?(?:ke\s*-?\s*)?"
_ROWS = rf"{ONE}(?:{_LINK}{ONE})*"
GO = (
    r"(?:kembali|dikembalikan|mengembalikan(?:nya)?|lanjut(?:kan|nya)?|dilanjutkan|melanjutkan|"
    r"berlanjut|diteruskan|meneruskan|terus|langsung|menuju|masuk|lompat|loncat|ulang(?:i)?|"
    r"diulang(?:i)?|mengulang(?:i)?|diproses|pindah)"
)
TARGET = re.compile(
    # "kembali ke langkah 2", "ulangi dari no. 3", "menuju kegiatan 4"
    rf"\b(?P<go>{GO})\b(?:\W+\w+){{0,4}}?\W+(?:(?:ke|pada|dari|menuju)\b\s*(?:-\s*)?)?"
    rf"{REF}?(?P<a>{_ROWS})"
    # "… ke 7", "… → 7", "ya: 5" behind a condition
    rf"|(?:\bke\b|->|→|=>|➔|⇒|[:=])\s*(?:ke\b\s*)?(?:-\s*)?{REF}?(?P<b>{_ROWS})"
    # "lanjut ke kegiatan berikutnya", "kembali ke awal"
    rf"|\b(?:ke|pada)\s+{REF}?"
    r"(?P<word>berikut(?:nya)?|selanjutnya|sebelumnya|awal|pertama|semula)\b"
    # "proses dihentikan", "tidak dapat diproses", "…, selesai"
    r"|(?P<end>\b(?:proses|prosedur|kegiatan)\s+(?:dinyatakan\s+|dianggap\s+)?"
    r"(?:selesai|dihentikan|berhenti|berakhir|dibatalkan|ditutup)\b"
    r"|\b(?:dihentikan|dibatalkan|berhenti)\b"
    r"|\b(?:tidak|tdk)\s+(?:dapat\s+|bisa\s+)?(?:dilanjutkan|diproses)\b"
    r"|(?:->|→|=>|\bke\b|[,:])\s*selesai\b)"
)
# What stands behind a bare "ke 7" when it is a row's number, and not "ke 7 bidang".
BEHIND = re.compile(
    r"\s*(?:$|[.,;:()/]|\b(?:dan|atau|jika|apabila|bila|serta|untuk|bersama|secara|tidak|ya|"
    r"sedangkan|kemudian|setelah)\b)"
)
NAMED = re.compile(rf"\bke\b|{REF}|dari|menuju")
BACK = (
    r"(?:dikembalikan|kembali(?:kan)?|mengembalikan(?:nya)?|mengkonfirmasi(?:kan)?|"
    r"mengonfirmasi(?:kan)?|konfirmasi|dikonfirmasi(?:kan)?)"
)
_HAND = (
    r"(?:(?:di|me[nm]?y?)?(?:serah|sampai|terus|kirim|aju|lapor|beri|antar|disposisi|lanjut|limpah|"
    r"naik|turun)(?:kan|nya|kannya)?|menyerahkan(?:nya)?|menyampaikan(?:nya)?|meneruskan(?:nya)?|"
    r"mengirim(?:kan)?(?:nya)?|mengajukan(?:nya)?|memberikan(?:nya)?|mengantar(?:kan)?|"
    r"mendisposisi(?:kan)?(?:nya)?|diberikan|disposisi)"
)
# A name follows: to whom something is handed.
HANDED = rf"\b(?P<verb>{BACK}|{_HAND})\b[^.;]{{0,80}}?\b(?:kepada|ke)\s+(?:bapak\s+|ibu\s+)?"
LINKS = re.compile(
    rf"^(?:{IF}|yang|bagi|dan|atau|maka|sedangkan|namun|tetapi|serta|hasil(?:nya)?|ternyata|"
    r"apakah)\b\s*"
)
TRAILS = re.compile(rf"\s*\b(?:maka|berkas|surat|dokumen|akan|langsung|lalu|kemudian|untuk|{GO})$")
PAIRS = re.compile(
    r"\b(?:(setuju|lengkap|sesuai|layak|benar|sah|ya|valid|diterima|memenuhi)\s*(?:/|atau|dan)\s*"
    r"(?:tidak|belum|ditolak)|(?:disetujui|diterima)\s*(?:/|atau)\s*(?:ditolak|tidak)|"
    r"(?:menyetujui|menerima)\s*(?:/|atau)\s*(?:menolak|tidak))\b"
)
TOGETHER = re.compile(
    rf"\b(?:bersamaan|paralel|serentak|bersama-sama)\s+(?:dengan\s+)?{REF}?({ONE})"
)
EDGES = " .,;:(/"  # what stands around a phrase and is none of it
