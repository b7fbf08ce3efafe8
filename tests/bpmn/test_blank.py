"""A new diagram: empty, and right as far as an empty one can be."""

import pytest

from bpmn.blank import blank, key_for
from bpmn.elements import diagrams
from bpmn.reading import read
from engine.checking import check


def test_a_new_diagram_reads_as_a_process_of_that_name():
    (diagram,) = diagrams(read(blank('Cuti "Tahunan" & <lain>')))
    assert diagram.executable
    assert diagram.name == 'Cuti "Tahunan" & <lain>'
    assert diagram.key == "cuti_tahunan_lain"


def test_what_is_still_to_be_drawn_is_all_that_the_check_finds():
    found = check(blank("Cuti")).findings
    assert {finding.rule for finding in found} == {"start-way-out", "an-end"}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Cuti Tahunan (PNS)", "cuti_tahunan_pns"),
        ("3 Langkah", "proses_3_langkah"),
        ("–", "proses"),
    ],
)
def test_the_key_is_one_that_xml_and_addresses_take(name, key):
    assert key_for(name) == key
