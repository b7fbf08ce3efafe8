from bpmn.rules import sop

SOP = """
    property sop:nomor=92
    property sop:unit=Umum
    property sop:tanggalPembuatan=2021-06-04
    property sop:tanggalEfektif=2021-06-04
    property sop:disahkanOleh=Kepala Dinas
    property sop:dasarHukum.1=Undang-undang
    startEvent s
    userTask a
        property sop:kelengkapan=Berkas
        property sop:output=Berkas diperiksa
    boundaryEvent w attachedToRef=a cancelActivity=false name="10 menit"
        property alur:timer=waktu
        timer timeDuration PT10M
    endEvent e
    s -> a -> e
    w -> e
"""


def test_an_sop_with_all_its_facts_is_sound(judge):
    assert judge(sop.sop_identity, SOP) == []
    assert judge(sop.sop_standard, SOP) == []


def test_a_process_that_is_no_sop_needs_none(judge):
    text = "startEvent s\nuserTask a\nendEvent e\ns -> a -> e"
    assert judge(sop.sop_identity, text) == []
    assert judge(sop.sop_standard, text) == []


def test_what_the_identity_page_lacks_is_said_on_the_process(judge, view):
    text = SOP.replace("sop:unit", "sop:peringatan").replace("=92", "=")
    assert judge(sop.sop_identity, text) == [("sop-identity", "p", "warning")]
    (finding,) = sop.sop_identity(view(text))
    assert str(finding.message) == "Halaman identitas SOP belum lengkap: Nomor SOP, Unit."


def test_what_a_step_lacks_of_its_mutu_baku_is_said_on_the_step(judge, view):
    text = SOP.replace("alur:timer=waktu", "alur:calendar=working").replace(
        "sop:output", "sop:keterangan"
    )
    assert judge(sop.sop_standard, text) == [("sop-standard", "a", "warning")]
    (finding,) = sop.sop_standard(view(text))
    assert str(finding.message) == "Mutu baku langkah belum lengkap: Output, Waktu."
