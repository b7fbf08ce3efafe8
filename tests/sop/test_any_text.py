"""Whatever a file holds, it is read, or refused in one line."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bpmn.messages import AlurError
from bpmn.sop.table import understood
from bpmn.sop.unfolding import unfolded
from engine.sop_tables import grids_of

WORDS = st.sampled_from(
    ["No", "Kegiatan", "Pelaksana", "Mutu Baku", "Waktu", "Output", "Ket", "\t", "\t", "\n", "|",
     "|---|---|", ";", ",", '"', "  ", "1", "2", "V", "jika tidak", "ke 2", "ke 99", "atau", "dan",
     "Mulai", "Selesai", "kotak", "◇", "<ol>", "<br>", "1 jam", "1/0 hari", "()", "kepada", "Staf",
     "Dasar Hukum", "Nama SOP", ":", "1.", "2. ", "NIP", "-", "bersamaan dengan 1",
     "proses selesai"]
)  # fmt: skip
TEXTS = st.lists(WORDS | st.text(max_size=5), max_size=60).map("".join)
HEAD = "No\tKegiatan\tPelaksana\t\tWaktu\tKeterangan\n\t\tStaf\tKepala\t\t\n"


@given(TEXTS, st.booleans())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_read_or_refused(text, headed):
    data = ((HEAD if headed else "") + text).encode(errors="replace")
    try:
        found = understood(grids_of(data))
    except AlurError as error:
        assert "\n" not in str(error)
    else:
        assert found.sop.steps
        assert all("\n" not in str(remark.said) for remark in found.remarks)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_letters_are_read_in_each_usual_encoding(encoding):
    said = "No;Kegiatan;Pelaksana;Waktu\n1;Membuat résumé – lengkap;Staf;1 jam\n"
    assert understood(grids_of(said.encode(encoding))).sop.steps[0].activity.endswith("– lengkap")


def test_signs_that_no_diagram_can_hold_are_dropped():
    said = "No;Kegiatan;Pelaksana;Waktu\n1;Men\x01ulis\x0b surat\x1f;St\ufffeaf;1 jam\n"
    sop = understood(grids_of(said.encode())).sop
    assert (sop.steps[0].activity, sop.actors) == ("Menulis surat", ("Staf",))
    assert "Menulis surat" in unfolded(sop).decode()
