"""Diagrams in the notation of examples, as an office would draw them."""

from bpmn.elements import diagrams
from bpmn.notation import office_file_of
from bpmn.reading import read, schema_errors

TEXT = """
    file exporter=Contoh
    startEvent s
    userTask Periksa_berkas
        property sop:output=Berkas
        field hasil type=enum label=Hasil
            choice baik=Baik
            bound required
            property prefill=usul
    subProcess Simpan
    within Simpan
        startEvent t
        endEvent u
        t -> u
    within p
    endEvent e name="Disimpan"
    s -> Periksa_berkas -> Simpan
    Simpan -> e if hasil == "baik" as jalan
    beside <signal id="tanda" name="Tanda" />
"""


def test_what_is_written_stands_in_the_file():
    root = read(office_file_of(TEXT))
    (diagram,) = diagrams(root)
    (field,) = diagram.nodes["Periksa_berkas"].form
    assert schema_errors(root) == []
    assert root.get("exporter") == "Contoh"
    assert (field.id, field.label, field.choices) == ("hasil", "Hasil", (("baik", "Baik"),))
    assert field.constraints.keys() == {"required"}
    assert field.properties == {"prefill": "usul"}
    assert diagram.nodes["Periksa_berkas"].properties == {"sop:output": "Berkas"}
    assert [node.id for node in diagram.inside("Simpan")] == ["t", "u"]
    assert ("jalan", 'hasil == "baik"') in {(flow.id, flow.condition) for flow in diagram.flows}


def test_all_has_a_name_and_a_lane_of_who_starts_the_case():
    (diagram,) = diagrams(read(office_file_of(TEXT)))
    assert diagram.name == "Contoh"
    assert {diagram.names[node] for node in ("s", "t", "u", "e")} == {
        "Mulai",
        "Selesai",
        "Disimpan",
    }
    assert diagram.names["Periksa_berkas"] == "Periksa berkas"
    (lane,) = diagram.lanes
    assert (lane.name, lane.nodes) == ("Staf", {"s", "Periksa_berkas", "Simpan", "e"})
    assert diagram.place("Periksa_berkas").actor == "starter"


def test_lanes_that_are_drawn_stay_as_they_are():
    text = "lane Kepala_bagian superior(subject): s e\nstartEvent s\nendEvent e\ns -> e"
    (diagram,) = diagrams(read(office_file_of(text)))
    assert [(lane.name, lane.nodes) for lane in diagram.lanes] == [("Kepala bagian", {"s", "e"})]
