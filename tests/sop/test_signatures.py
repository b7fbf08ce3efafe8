"""Who approves and who signs: the position is read, and no name, rank or NIP."""

import pytest
from table_writers import docx, xlsx

from bpmn.sop.table import Understood, understood
from engine.sop_tables import grids_of

HEAD = ["No", "Kegiatan", "Pelaksana", "Waktu", "Output"]
STEPS = [["1", "Menulis surat", "Staf", "1 jam", "Surat"],
         ["2", "Mengirim surat", "Kurir", "1 jam", "Resi"]]  # fmt: skip
NAME, NIP = "Budi Santoso", "NIP 19700101 199003 1 001"


def left(found: Understood) -> list[str]:
    return [str(one.said) for one in found.remarks if one.sort == "left"]


@pytest.mark.parametrize(
    ("cell", "position"),
    [
        (f"Kepala Dinas Kesehatan\n{NAME}\n{NIP}", "Kepala Dinas Kesehatan"),
        (f"Kepala Dinas Kesehatan\nKabupaten Bantul\n{NAME}, S.H.",
         "Kepala Dinas Kesehatan Kabupaten Bantul"),
        (f"Kepala Dinas Kesehatan dan\nSosial\n{NAME}\nPembina Tk. I\n{NIP}",
         "Kepala Dinas Kesehatan dan Sosial"),
        (f"CAMAT SEWON\n{NAME.upper()}", "CAMAT SEWON"),
        (f"{NAME}\n{NIP}\nCamat", "Camat"),
        (f"Camat\n{NIP}", "Camat"),
        ("Kepala Sekolah", "Kepala Sekolah"),
        ("Pengawas Mutu", "Pengawas Mutu"),
    ],
)  # fmt: skip
def test_of_who_approves_only_the_position_is_read(cell, position):
    found = understood(grids_of(docx([["Disahkan oleh", cell]], "", [HEAD, *STEPS])))
    assert found.sop.identity.disahkan_oleh == position
    assert not [one for one in found.remarks if NAME.lower() in str(one.said).lower()]


@pytest.mark.parametrize(
    "below",
    [
        [[""], ["", "", "", "", "Bantul, 3 Mei 2024"], ["", "", "", "", "Kepala Dinas"], [""],
         ["", "", "", "", NAME], ["", "", "", "", NIP]],
        [["", "Kepala Dinas"], ["", NAME], ["", NIP]],
        [["", "", "", "", "Kepala Dinas"], ["", "", "", "", f"{NAME}\nPenata Muda\n{NIP}"]],
    ],
)  # fmt: skip
def test_a_signature_below_a_table_is_no_part_of_it_and_is_not_quoted(below):
    found = understood(grids_of(xlsx([HEAD, *STEPS, *below])))
    assert [step.activity for step in found.sop.steps] == ["Menulis surat", "Mengirim surat"]
    assert found.sop.steps[1].output == "Resi"
    assert any("berisi tanda tangan; tidak dibaca" in said for said in left(found))
    assert not [one for one in found.remarks if NAME in str(one.said) or "NIP" in str(one.said)]


def test_what_stands_below_a_blank_row_is_no_part_of_the_table_and_is_quoted():
    note = ["", "", "", "", "Berlaku sejak Mei"]
    found = understood(grids_of(xlsx([HEAD, STEPS[0], [""], STEPS[1], [""], note])))
    assert [step.output for step in found.sop.steps] == ["Surat", "Resi"]
    assert any("Berlaku sejak Mei" in said for said in left(found))


def test_rows_without_a_number_behind_a_blank_one_are_steps_where_they_say_as_much():
    more = ["", "Mengarsipkan", "Staf", "5 menit", ""]
    found = understood(grids_of(xlsx([HEAD, *STEPS, [""], more, [""], ["", "Selesai"]])))
    assert [step.activity for step in found.sop.steps][2:] == ["Mengarsipkan", "Selesai"]


@pytest.mark.parametrize("loose", ["5", "Cuti"])
def test_a_cell_that_the_name_of_the_sop_contains_is_quoted(loose):
    titles = [["Nama SOP", "Cuti 2025"], ["SOP Cuti 2025"], [loose]]
    found = understood(grids_of(docx(titles, "", [HEAD, *STEPS])))
    assert left(found) == [f'"{loose}" tidak termasuk bagian SOP mana pun.']
