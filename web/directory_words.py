"""Imports and exports of the directory in words."""

from __future__ import annotations

from bpmn.messages import Message, message

STATES = {
    "checking": message("Sedang diperiksa"),
    "refused": message("Ditolak"),
    "ready": message("Siap diterapkan"),
    "applying": message("Sedang diterapkan"),
    "applied": message("Sudah diterapkan"),
    "failed": message("Gagal"),
    "dropped": message("Dibuang"),
}
STATE_LOOKS = {
    "checking": "current", "refused": "late", "ready": "current", "applying": "current",
    "applied": "done", "failed": "late", "dropped": "cancelled",
}  # fmt: skip
# In the order in which they are of interest.
COUNTS = {
    "new": message("pegawai baru"),
    "changed": message("pegawai berubah"),
    "returned": message("pegawai bertugas kembali"),
    "retired": message("pegawai keluar"),
    "unchanged": message("pegawai tetap sama"),
    "units_new": message("unit baru"),
    "units_changed": message("unit berubah"),
    "memberships_added": message("keanggotaan kelompok ditambah"),
    "memberships_removed": message("keanggotaan kelompok dihapus"),
    "moved_cases": message("kasus berjalan tetap pada pelaksana lama walaupun pegawainya pindah"),
    "left_cases": message("kasus berjalan melibatkan pegawai yang keluar dan perlu dialihkan"),
}
CHANGES = {
    "new": message("Pegawai baru"),
    "changed": message("Berubah"),
    "returned": message("Bertugas kembali"),
    "retired": message("Dinyatakan keluar"),
    "unit": message("Unit berubah"),
    "unit_new": message("Unit baru"),
}


def place(row: int, column: str) -> Message:
    """Where in a file something is wrong."""
    if not row:
        return message("Seluruh berkas")
    return message("Baris {row}, kolom {column}", row=row, column=column)
