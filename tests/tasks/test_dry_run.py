"""The trial run: its way through a diagram, its virtual clock, and where it stops."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from engine.checking import check
from tasks.dry_run import MAX_COMPLETIONS, dry_run

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC)
SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
SCORES = {"hasil_kerja": "sesuai", "perilaku_kerja": "di_atas", "catatan_penilai": "Baik"}
EVERY_FIELD = Path(__file__).parents[1] / "web" / "every_field.bpmn"
YES = {"keputusan": "setuju"}
NO = {"keputusan": "tidak_setuju", "alasan": "Kuantitas keliru"}


def _run(source: bytes, answers=None, data=None):
    (program,) = check(source).programs
    return dry_run(program, data or {}, answers or {}, BEGAN)


def _skp(**answers):
    return _run(SKP.read_bytes(), answers)


def _steps(outcome):
    return [node.removeprefix("Langkah_") for node in outcome.trace if node[:8] == "Langkah_"]


def _draw(nodes: str, *ways: str, conditions: dict[str, str] | None = None) -> bytes:
    """A process of these nodes, with flows named like ``a_b`` along each way ``a b c``."""
    flows = ""
    for source, target in (pair for way in ways for pair in pairwise(way.split())):
        said = (conditions or {}).get(f"{source}_{target}")
        inner = said and (
            f'<conditionExpression xsi:type="tFormalExpression">{said}</conditionExpression>'
        )
        flows += (
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner or ''}</sequenceFlow>"
        )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="contoh">'
        f'<process id="p" isExecutable="true">{nodes}{flows}</process></definitions>'
    ).encode()


def _timer(name: str, text: str, kind: str = "timeDuration") -> str:
    timer = f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"
    return f'<intermediateCatchEvent id="{name}">{timer}</intermediateCatchEvent>'


def _beside(*timers: str) -> bytes:
    """Timers side by side, called t0, t1 …"""
    ids = [f"t{place}" for place in range(len(timers))]
    nodes = '<startEvent id="s" /><parallelGateway id="f" /><parallelGateway id="j" />'
    nodes += '<endEvent id="e" />' + "".join(map(_timer, ids, timers))
    return _draw(nodes, "s f", "j e", *(f"f {one} j" for one in ids))


def test_the_procedure_runs_to_its_end_without_a_disagreement():
    outcome = _skp(Langkah_3=[SCORES], Langkah_4=[YES])
    assert (outcome.outcome, outcome.error) == ("completed", None)
    assert _steps(outcome) == list("12345678")
    assert outcome.trace[0] == "Mulai"
    assert outcome.trace[-1] == "Selesai"
    assert outcome.data["sebutan"] == "Baik"
    assert outcome.data["alasan"] is None


def test_a_disagreement_goes_back_once():
    outcome = _skp(Langkah_3=[SCORES, SCORES], Langkah_4=[NO, YES])
    assert outcome.outcome == "completed"
    assert _steps(outcome) == list("1234345678")


def test_answers_are_used_up_in_their_order():
    again = {**SCORES, "hasil_kerja": "di_atas"}
    outcome = _skp(Langkah_3=[SCORES, again], Langkah_4=[NO, YES])
    assert outcome.data["sebutan"] == "Sangat Baik"


def test_an_endless_disagreement_ends_as_stuck():
    outcome = _skp(Langkah_3=[SCORES] * 2_000, Langkah_4=[NO] * 2_000)
    assert outcome.outcome == "stuck"
    assert str(outcome.error) == f"Belum selesai setelah {MAX_COMPLETIONS} kegiatan."
    assert len(_steps(outcome)) == MAX_COMPLETIONS


@pytest.mark.parametrize(
    ("answers", "element", "field"),
    [
        ({}, "Langkah_3", "hasil_kerja"),
        ({"Langkah_3": [{**SCORES, "hasil_kerja": "lebih"}]}, "Langkah_3", "hasil_kerja"),
        ({"Langkah_1": [{"periode": "dua ribu"}]}, "Langkah_1", "periode"),
        ({"Langkah_3": [SCORES]}, "Langkah_4", "keputusan"),
        ({"Langkah_3": [SCORES], "Langkah_4": [{"keputusan": "?"}]}, "Langkah_4", "keputusan"),
        (
            {"Langkah_3": [SCORES], "Langkah_4": [{**NO, "alasan": " "}]},
            "Langkah_4",
            "alasan",
        ),
        ({"Langkah_3": [SCORES], "Langkah_4": [NO]}, "Langkah_4", "keputusan"),
    ],
)
def test_an_answer_that_is_missing_or_wrong_is_stuck_at_its_task(answers, element, field):
    outcome = _skp(**answers)
    assert outcome.outcome == "stuck"
    assert str(outcome.error).startswith(f"{element}: {field}: ")


def test_answers_to_a_task_without_a_form_are_taken_as_given():
    nodes = '<startEvent id="s" /><userTask id="a" name="A" /><endEvent id="e" />'
    outcome = _run(_draw(nodes, "s a e"), {"a": [{"apa": [1, {"saja": "boleh"}]}]})
    assert outcome.outcome == "completed"
    assert outcome.data == {"apa": [1, {"saja": "boleh"}]}


def test_the_data_of_the_start_decides_the_way():
    nodes = '<startEvent id="s" /><exclusiveGateway id="g" default="g_b" />'
    nodes += '<manualTask id="a" /><manualTask id="b" /><endEvent id="e" />'
    source = _draw(nodes, "s g a e", "g b e", conditions={"g_a": "nilai &gt; 5"})
    for nilai, way in [(6, ["s", "g", "a", "e"]), (5, ["s", "g", "b", "e"])]:
        assert _run(source, data={"nilai": nilai}).trace == way


def test_timers_side_by_side_fire_in_the_order_of_their_time():
    outcome = _run(_beside("P1D", "PT10M", "PT2H"))
    assert outcome.outcome == "completed"
    assert outcome.trace == ["s", "f", "t1", "t2", "t0", "j", "e"]


def test_a_timer_behind_another_counts_from_where_that_one_fired():
    nodes = '<startEvent id="s" /><parallelGateway id="f" /><parallelGateway id="j" />'
    nodes += '<endEvent id="e" />'
    nodes += _timer("a", "PT10M") + _timer("b", "PT10M") + _timer("c", "PT15M")
    outcome = _run(_draw(nodes, "s f a b j e", "f c j"))
    assert outcome.trace == ["s", "f", "a", "c", "b", "j", "e"]


def test_time_stands_still_while_a_task_is_open():
    nodes = '<startEvent id="s" /><parallelGateway id="f" /><parallelGateway id="j" />'
    nodes += '<endEvent id="e" /><userTask id="a" /><userTask id="b" />' + _timer("t", "PT1S")
    outcome = _run(_draw(nodes, "s f t j e", "f a b j"))
    assert outcome.trace == ["s", "f", "a", "b", "t", "j", "e"]


def test_a_boundary_timer_never_fires_on_a_task_that_is_done_at_once():
    outcome = _skp(Langkah_3=[SCORES], Langkah_4=[YES])
    assert not [node for node in outcome.trace if node.startswith(("Waktu", "Pengingat"))]


def test_a_moment_in_the_past_has_come():
    nodes = '<startEvent id="s" /><endEvent id="e" />'
    source = _draw(nodes + _timer("t", "2020-01-01T00:00:00Z", "timeDate"), "s t e")
    assert _run(source).outcome == "completed"


def test_a_timer_may_wait_as_long_as_the_case_says():
    nodes = '<startEvent id="s" /><endEvent id="e" />' + _timer("t", "${lama}")
    source = _draw(nodes, "s t e")
    assert _run(source, data={"lama": "PT5M"}).outcome == "completed"
    for lama in ("sebentar", 5, None, "P999999Y"):
        assert _run(source, data={"lama": lama}).outcome == "error"
    assert _run(source).outcome == "error"


def test_a_failing_expression_is_an_error_that_says_why():
    nodes = '<startEvent id="s" /><scriptTask id="t"><script>a = 1 / nol</script></scriptTask>'
    nodes += '<userTask id="a" /><endEvent id="e" />'
    outcome = _run(_draw(nodes, "s a t e"), data={"nol": 0})
    assert outcome.outcome == "error"
    assert outcome.trace == ["s", "a"]
    assert "1 / nol" in str(outcome.error)


def test_a_decision_without_a_way_is_an_error():
    nodes = '<startEvent id="s" /><exclusiveGateway id="g" /><endEvent id="e" />'
    nodes += '<endEvent id="d" />'
    conditions = {"g_e": "nilai &gt; 5", "g_d": "nilai &lt; 5"}
    outcome = _run(_draw(nodes, "s g e", "g d", conditions=conditions), data={"nilai": 5})
    assert outcome.outcome == "error"


def test_a_run_leaves_the_given_data_as_it_was():
    data = {"daftar": [1]}
    nodes = '<startEvent id="s" /><scriptTask id="t"><script>daftar = [2]</script></scriptTask>'
    assert _run(_draw(nodes + '<endEvent id="e" />', "s t e"), data=data).data == {"daftar": [2]}
    assert data == {"daftar": [1]}


def _awaits(kind: str, name: str, inner: str = "") -> str:
    return f'<{kind} id="{name}">{inner}<messageEventDefinition messageRef="m" /></{kind}>'


GIVES = (
    "<extensionElements><camunda:properties>"
    '<camunda:property name="alur:gives" value="hasil" />'
    "</camunda:properties></extensionElements>"
)
ENDS = '<startEvent id="s" /><endEvent id="e" />'


def _with_message(source: bytes) -> bytes:
    return source.replace(b"</definitions>", b'<message id="m" name="surat" /></definitions>')


def test_a_message_brings_its_answer():
    catch = _awaits("intermediateCatchEvent", "m1", GIVES)
    source = _with_message(_draw(ENDS + catch, "s m1 e"))
    outcome = _run(source, {"m1": [{"hasil": 7, "lain": 1}]})
    assert (outcome.outcome, outcome.trace) == ("completed", ["s", "m1", "e"])
    assert outcome.data == {"hasil": 7}


def test_a_message_without_what_it_must_bring_is_stuck():
    source = _with_message(_draw(ENDS + _awaits("intermediateCatchEvent", "m1", GIVES), "s m1 e"))
    outcome = _run(source)
    assert outcome.outcome == "stuck"
    assert "hasil" in str(outcome.error)


@pytest.mark.parametrize(("answers", "first"), [({"m1": [{}]}, "m1"), ({}, "t1")])
def test_a_message_comes_before_a_timer_only_when_it_has_an_answer(answers, first):
    gateway = '<eventBasedGateway id="g" />'
    nodes = ENDS + gateway + _awaits("intermediateCatchEvent", "m1") + _timer("t1", "P1D")
    source = _with_message(_draw(nodes, "s g m1 e", "g t1 e"))
    outcome = _run(source, answers)
    assert (outcome.outcome, outcome.trace) == ("completed", ["s", "g", first, "e"])


def test_a_message_that_never_stops_coming_is_stuck():
    task = '<userTask id="a" />'
    edge = _awaits("boundaryEvent", "m1").replace(
        'id="m1"', 'id="m1" attachedToRef="w" cancelActivity="false"'
    )
    wait = '<receiveTask id="w" messageRef="m" />'
    source = _with_message(
        _draw(ENDS + task + edge + wait + '<endEvent id="n" />', "s w a e", "m1 n")
    )
    outcome = _run(source, {"m1": [{}] * (MAX_COMPLETIONS + 1)})
    assert outcome.outcome == "stuck"


PURCHASE = {
    "perihal": "Alat tulis", "pagu": 1_000_000, "tanggal": "2026-12-31", "sumber": "apbd",
    "penanggung_jawab": "19900101 209003 2 012",
    "barang": [
        {"uraian": "Kertas", "harga": 62500.5, "banyak": 10, "bekas": False, "jenis": "atk"},
        {"uraian": "Meja", "harga": 2_000_000, "bekas": True, "tiba": "2027-01-31"},
    ],
}  # fmt: skip


def test_tables_and_people_are_answered_in_plain_json():
    outcome = _run(EVERY_FIELD.read_bytes(), {"Activity_Usul": [PURCHASE]})
    assert (outcome.outcome, outcome.error) == ("completed", None)
    assert outcome.data["penanggung_jawab"] == "199001012090032012"
    assert outcome.data["barang"][0]["harga"] == Decimal("62500.5")
    assert outcome.data["barang"][1]["tiba"] == date(2027, 1, 31)
    # What is prefilled from them, where nothing else was answered.
    assert [row["uraian"] for row in outcome.data["disetujui"]] == ["Kertas"]
    assert outcome.data["pemeriksa"] == "199001012090032012"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"barang": []}, "barang: Isi sedikitnya 1 baris."),
        ({"barang": "Kertas"}, "barang: Isi sedikitnya 1 baris."),
        (
            {"barang": [{"uraian": "Kertas", "harga": -1}]},
            "barang: Baris 1, Harga: Paling kecil 0.",
        ),
        (
            {"barang": [{"uraian": "Kertas", "harga": 1, "jenis": "x"}]},
            "barang: Baris 1, Jenis: Pilih salah satu dari daftar.",
        ),
        ({"penanggung_jawab": "Budi"}, "penanggung_jawab: NIP terdiri dari 18 angka."),
        ({"penanggung_jawab": None}, "penanggung_jawab: Isian ini wajib diisi."),
    ],
)
def test_wrong_rows_and_people_are_named(wrong, said):
    outcome = _run(EVERY_FIELD.read_bytes(), {"Activity_Usul": [PURCHASE | wrong]})
    assert (outcome.outcome, str(outcome.error)) == ("stuck", f"Activity_Usul: {said}")


def test_a_file_is_answered_by_what_it_would_be_called():
    field = '<camunda:formField id="surat" type="file" label="Surat">'
    required = '<camunda:constraint name="required"/>'
    form = (
        f"<extensionElements><camunda:formData>{field}<camunda:validation>{required}"
        "</camunda:validation></camunda:formField></camunda:formData></extensionElements>"
    )
    drawn = _draw(
        f'<startEvent id="s"/><userTask id="a">{form}</userTask><endEvent id="e"/>', "s a e"
    )
    surat = {"name": "surat.pdf", "size": 1200}
    done = _run(drawn, {"a": [{"surat": surat}]})
    assert (done.outcome, done.data) == ("completed", {"surat": surat})
    assert _run(drawn, {"a": [{}]}).outcome == "stuck"
    assert _run(drawn, {"a": [{"surat": "surat.pdf"}]}).outcome == "stuck"


ASKING = """
    <startEvent id="s"><extensionElements><camunda:formData>
      <camunda:formField id="pagu" type="money"><camunda:validation>
        <camunda:constraint name="required" /><camunda:constraint name="max" config="100" />
      </camunda:validation></camunda:formField>
      <camunda:formField id="hari" type="date" />
    </camunda:formData></extensionElements></startEvent>
    <userTask id="a" /><endEvent id="e" />
"""


def test_the_first_data_are_judged_and_read_by_the_start_form():
    outcome = _run(_draw(ASKING, "s a e"), data={"pagu": 12.5, "hari": "05-01-2026", "lain": 1})
    assert outcome.outcome == "completed"
    assert outcome.data == {"pagu": Decimal("12.5"), "hari": date(2026, 1, 5), "lain": 1}


@pytest.mark.parametrize("data", [{}, {"pagu": "banyak"}, {"pagu": 101}, {"pagu": [1]}])
def test_data_that_the_start_form_refuses_begin_nothing(data):
    outcome = _run(_draw(ASKING, "s a e"), data=data)
    assert (outcome.outcome, outcome.trace) == ("stuck", [])
    assert str(outcome.error).startswith("s: pagu: ")
