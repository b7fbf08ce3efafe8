"""What is told of the difference between two drawings."""

import random

import pytest
from lxml import etree

from bpmn.changes import compare
from bpmn.diagram import Diagram
from bpmn.elements import diagrams
from bpmn.reading import BPMN, BPMNDI, CAMUNDA, read


def drawn(source: bytes) -> Diagram:
    return next(one for one in diagrams(read(source)) if one.executable)


def lines(old: bytes, new: bytes) -> list[str]:
    return [str(change.said) for change in compare(drawn(old), drawn(new)).changes]


def test_between_a_drawing_and_itself_is_no_difference(skp):
    found = compare(drawn(skp), drawn(skp))
    assert (found.changes, found.marks, found.only_moved) == ((), {}, False)


def test_a_longer_waktu_is_told_with_its_wording(skp):
    new = skp.replace(b"PT10M", b"PT20M").replace(b'name="10 menit"', b'name="20 menit"')
    found = compare(drawn(skp), drawn(new))
    said = [str(change.said) for change in found.changes]
    waktu = 'Waktu "Menyiapkan blanko dan SKP tahun sebelumnya"'
    assert f"{waktu}: kata SOP 10 menit → 20 menit" in said
    assert f"{waktu}: lamanya 10 menit → 20 menit" in said
    assert {change.group for change in found.changes} == {"time"}
    assert set(found.marks.values()) == {"changed"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name="Staf Pelaksana"', 'name="Staf"', 'Pelaksana "Staf": nama Staf Pelaksana → Staf'),
        ("group:umum-aparatur", "starter", "diisi oleh kelompok umum-aparatur → pemulai kasus"),
        ('name="alur:calendar" value="working"', 'name="alur:calendar" value="elapsed"',
         "jam yang dipakai working → elapsed"),
        ('keputusan == "setuju"', 'keputusan != "tolak"', "syarat ${"),
        ('name="sop:output" value="Penyiapan berkas SKP"', 'name="sop:output" value="Berkas"',
         "Output Penyiapan berkas SKP → Berkas"),
        ('name="alur:documents" value="penilaian"', 'name="alur:documents" value="rekaman"',
         "dokumen yang dibuat penilaian → rekaman"),
    ],
)  # fmt: skip
def test_each_kind_of_fact_is_told(skp, old, new, said):
    assert old.encode() in skp
    assert any(said in line for line in lines(skp, skp.replace(old.encode(), new.encode())))


def test_a_field_that_comes_goes_or_changes_is_told(skp):
    bare, field = _with_field(skp, b""), b'<camunda:formField id="x" label="Isi" type="text"/>'
    full, dated = _with_field(skp, field), _with_field(skp, field.replace(b'"text"', b'"date"'))
    assert [line for line in lines(bare, full) if 'isian "Isi"' in line]
    assert all("dihapus" in line for line in lines(full, bare) if 'isian "Isi"' in line)
    assert [line for line in lines(full, dated) if 'isian "Isi": jenis paragraf → tanggal' in line]


def _with_field(skp: bytes, field: bytes) -> bytes:
    root = etree.fromstring(skp)
    task = root.find(f".//{{{BPMN}}}userTask[@id='Langkah_1']/{{{BPMN}}}extensionElements")
    form = b'<camunda:formData xmlns:camunda="' + CAMUNDA[0].encode() + b'">' + field
    task.append(etree.fromstring(form + b"</camunda:formData>"))
    return etree.tostring(root)


def test_a_step_that_is_gone_or_has_come_is_told_once_with_its_name(skp):
    root = etree.fromstring(skp)
    timer = root.find(f".//{{{BPMN}}}boundaryEvent")
    timer.getparent().remove(timer)
    gone = compare(drawn(skp), drawn(etree.tostring(root)))
    come = compare(drawn(etree.tostring(root)), drawn(skp))
    assert (gone.marks[timer.get("id")], come.marks[timer.get("id")]) == ("removed", "added")
    (told,) = [change for change in gone.changes if change.element == timer.get("id")]
    assert str(told.said).endswith(": dihapus")


def test_where_only_the_picture_differs_it_says_so(skp):
    root = etree.fromstring(skp)
    shape = root.find(f".//{{{BPMNDI}}}BPMNShape[@bpmnElement='Langkah_1']")
    shape[0].set("x", "7")
    found = compare(drawn(skp), drawn(etree.tostring(root)))
    assert found.only_moved
    assert found.marks == {"Langkah_1": "moved"}


def test_every_single_mutation_of_the_shipped_procedure_is_told(skp):
    chance = random.Random(7)  # noqa: S311  # a seed, so that a failure comes again
    process = read(skp).find(f"{{{BPMN}}}process")
    places = [
        (number, name)
        for number, element in enumerate(process.iter("*"))
        for name in (*element.attrib, "")
        if name != "id" and (name or (element.text or "").strip())
        and element.tag.rpartition("}")[2] not in ("incoming", "outgoing", "flowNodeRef")
    ]  # fmt: skip
    old = drawn(skp)
    for number, name in chance.sample(places, 150):
        root = etree.fromstring(skp)
        element = list(root.find(f"{{{BPMN}}}process").iter("*"))[number]
        if name:
            element.set(name, element.get(name) + "X")
        else:
            element.text += "X"
        new = next(iter(diagrams(root)))
        assert compare(old, new).changes, (element.tag, name)
        assert compare(new, old).changes, (element.tag, name)


def test_a_new_step_is_told_in_words_and_nothing_of_it_twice(draw):
    new = """
        lane Staf subject: s a b e w r
        startEvent s
        userTask a name=Memeriksa
        userTask b name=Mencatat
            <camunda:formData><camunda:formField id="rak" label="Nomor rak" type="long" /></camunda:formData>
        boundaryEvent w name="2 jam" attachedToRef=b cancelActivity=false
            timer timeDuration PT2H
            property alur:timer=waktu
        endEvent r name=Pengingat
        endEvent e
        s -> a -> b -> e
        w -> r
    """  # noqa: E501
    old = "lane Staf subject: s a e\nstartEvent s\nuserTask a name=Memeriksa\nendEvent e"
    assert lines(draw(f"{old}\ns -> a -> e"), draw(new)) == [
        '"Mencatat": ditambahkan',
        '"Pengingat": ditambahkan',
        '"Mencatat": dikerjakan oleh kini Staf',
        'Waktu "Mencatat": ditambahkan',
        'Waktu "Mencatat": lamanya kini 2 jam',
        '"Mencatat": isian "Nomor rak": jenis kini bilangan bulat',
        '"Memeriksa" ke "Mencatat": ditambahkan',
        '"Mencatat" ke "e": ditambahkan',
        '"2 jam" ke "Pengingat": ditambahkan',
        '"Memeriksa" ke "e": dihapus',
    ]


def test_a_field_of_the_start_form_is_told_under_forms(draw):
    field = '<camunda:formField id="pagu" label="Pagu" type="money" />'
    text = f"""
        startEvent s name="Mulai"
            <camunda:formData>{field}</camunda:formData>
        endEvent e
        s -> e
    """
    assert lines(draw(text), draw(text.replace('"money"', '"long"'))) == [
        '"Mulai": isian "Pagu": jenis rupiah → bilangan bulat'
    ]
    without = text.replace(field, "")
    (change, *_) = compare(drawn(draw(without)), drawn(draw(text))).changes
    assert change.group == "form"
