"""The pages of a case that is in a called process: nothing on them is another process's."""

import pytest

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">'
)
LANE = (
    '<laneSet><lane id="Lajur" name="{}"><extensionElements><camunda:properties>'
    '<camunda:property name="alur:actor" value="{}" /></camunda:properties></extensionElements>'
    "{}</lane></laneSet>"
)
FORM = (
    "<extensionElements><camunda:formData>"
    '<camunda:formField id="catatan" label="Catatan penilai" type="string" />'
    "</camunda:formData></extensionElements>"
)


def process(key: str, name: str, lane: str, actor: str, nodes: dict[str, str]) -> bytes:
    """A process of nodes one after another, all in one lane."""
    listed = "".join(f"<flowNodeRef>{node}</flowNodeRef>" for node in nodes)
    flows = "".join(
        f'<sequenceFlow id="F_{one}" sourceRef="{one}" targetRef="{other}" />'
        for one, other in zip(nodes, list(nodes)[1:], strict=False)
    )
    drawn = LANE.format(lane, actor, listed) + "".join(nodes.values()) + flows
    return (
        f'{HEAD}<process id="{key}" name="{name}" isExecutable="true">{drawn}</process>'
        "</definitions>"
    ).encode()


@pytest.fixture
def case(site) -> int:
    """A case of the employee's whose called process waits for the superior."""
    site.put_into_force(
        process("anak", "Penilaian", "Atasan", "superior(superior(subject))", {
            "S": '<startEvent id="S" />',
            "Nilai": f'<userTask id="Nilai" name="Menilai berkas">{FORM}</userTask>',
            "E": '<endEvent id="E" />',
        })
    )  # fmt: skip
    site.put_into_force(
        process("induk", "Permohonan", "Staf", "group:umum-aparatur", {
            "S": '<startEvent id="S" />',
            "Isi": '<userTask id="Isi" name="Mengisi berkas" />',
            "Panggil": '<callActivity id="Panggil" name="Penilaian" calledElement="anak" />',
            "Arsip": '<userTask id="Arsip" name="Mengarsipkan" />',
            "E": '<endEvent id="E" />',
        })
    )  # fmt: skip
    case = site.start("induk")
    site.step(case)
    return case


def test_a_task_of_a_called_process_is_found_done_and_left_behind(site, case):
    superior = site.visitor("superior")
    inbox = superior.get("/")
    address = f"/tasks/{site.item(case).id}"
    assert address in inbox.links
    assert "Menilai berkas" in inbox.text
    page = superior.get(address)
    assert (page.status, "Catatan penilai" in page.text) == (200, True)
    token = page.tree.xpath("string(//input[@name='token']/@value)")
    done = superior.post(address, {"token": token, "catatan": "Baik"})
    assert done.status in (302, 303)
    assert site.answers(case, "anak:Nilai") == {"catatan": "Baik"}
    assert site.item(case).element == "Arsip"


@pytest.mark.parametrize("who", ["superior", "staff", "employee"])
def test_the_page_of_the_case_names_the_called_step_and_its_lane(site, case, who):
    page = site.visitor(who).get(f"/cases/{case}")
    assert page.status == 200
    assert "Menilai berkas" in page.text
    assert "anak:" not in page.text
    for address in page.links:
        if address.startswith("/cases/"):
            assert site.visitor(who).get(address).status in (200, 303, 405)


def test_a_case_that_has_left_the_called_process_still_tells_of_it(site, case):
    site.step(case)
    site.step(case)
    page = site.visitor("staff").get(f"/cases/{case}")
    assert (page.status, "Menilai berkas" in page.text) == (200, True)
