"""The console script as an administrator runs it: its words and its exit code."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import create_engine, text

from engine import sample
from engine.database import Database
from web.cli import COMMANDS, cli

SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"
ALUR = Path(sys.prefix) / "bin" / "alur"
SCORES = {"hasil_kerja": "sesuai", "perilaku_kerja": "di_atas", "catatan_penilai": "Baik"}
YES = {"keputusan": "setuju"}
NO = {"keputusan": "tidak_setuju", "alasan": "Kuantitas keliru"}


@pytest.fixture
def home(tmp_path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def environment(home) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALUR_")}
    return kept | {"ALUR_HOME": str(home)}


@pytest.fixture
def variant(tmp_path):
    """``variant({old: new})``: the shipped diagram with something changed, as a file."""

    def write(changes: dict[str, str]) -> Path:
        source = SKP.read_text()
        for old, new in changes.items():
            assert old in source
            source = source.replace(old, new)
        file = tmp_path / "varian.bpmn"
        file.write_text(source)
        return file

    return write


@pytest.fixture
def answers(tmp_path):
    """``answers({…})``: a file of answers."""

    def write(given: object) -> Path:
        file = tmp_path / "jawaban.json"
        file.write_text(given if isinstance(given, str) else json.dumps(given))
        return file

    return write


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _versions(home: Path) -> list[tuple[str, int]]:
    connections = create_engine(f"sqlite:///{home / 'alur.db'}")
    with connections.connect() as connection:
        found = connection.execute(text("SELECT key, version FROM definition ORDER BY id")).all()
    connections.dispose()
    return [tuple(row) for row in found]


BROKEN = [
    ({'${keputusan == "setuju"}': "${__import__('os')}"}, "expression", "Alur_Setuju", "error"),
    ({">PT10M<": ">10 menit<"}, "expression", "Waktu_1", "error"),
    ({'type="date"': 'type="warna"'}, "form-fields", "Langkah_8", "error"),
    ({'value="subject"': 'value="siapa saja"'}, "actor-rule", "Lane_Pegawai", "blocking"),
    ({'isExecutable="true"': 'isExecutable="false"'}, "executable", None, "error"),
]


def test_a_clean_diagram_passes_the_check(alur):
    done = alur("check", SKP, how={})
    assert (done.returncode, done.stdout) == (0, "Tidak ada yang perlu diperbaiki.\n")


def test_the_check_answers_in_json(alur):
    done = alur("check", SKP, "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"findings": []})


@pytest.mark.parametrize(("changes", "rule", "element", "severity"), BROKEN)
def test_a_fault_is_named_with_its_rule_and_element(
    alur, variant, changes, rule, element, severity
):
    file = variant(changes)
    done = alur("check", file, "--format=json")
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    assert (rule, element, severity) in [
        (found["rule"], found["element"], found["severity"]) for found in findings
    ]
    assert all(found["message"] for found in findings)
    assert {tuple(found) for found in findings} == {
        ("severity", "rule", "element", "message", "clause", "path")
    }


def test_a_fault_is_one_line_of_text(alur, variant):
    done = alur("check", variant({'type="date"': 'type="warna"'}), how={})
    assert done.returncode == 1
    assert done.stdout.startswith("error: Langkah_8: ")
    assert done.stdout.endswith(" [form-fields]\n")
    assert done.stdout.count("\n") == 1


def test_a_rule_of_the_specification_is_named_with_its_clause(alur, variant):
    gateway = 'exclusiveGateway id="Gabung_Penilaian"'
    changes = {gateway: f'{gateway} gatewayDirection="Diverging"'}
    done = alur("check", variant(changes))
    assert done.returncode == 1
    assert done.stdout.startswith("error: Gabung_Penilaian: ")
    assert done.stdout.endswith(" [gateway-direction, BPMN 2.0, 10.5.1]\n")
    (found,) = json.loads(alur("check", variant(changes), "--format=json").stdout)["findings"]
    assert found["clause"] == "BPMN 2.0, 10.5.1"


def test_a_warning_alone_passes(alur, variant):
    done = alur("check", variant({'name="10 menit"': 'name="20 menit"'}))
    assert done.returncode == 0
    assert done.stdout.startswith("warning: Waktu_1: ")


def test_what_is_no_diagram_is_a_finding_too(alur, tmp_path):
    file = tmp_path / "gambar.bpmn"
    file.write_bytes(b"\x89PNG\x00\xff")
    done = alur("check", file, "--format=json")
    (found,) = json.loads(done.stdout)["findings"]
    assert (done.returncode, found["rule"], found["element"]) == (1, "readable", None)


def test_what_differs_between_two_files_is_told(alur, variant):
    new = variant({"PT10M": "PT20M"})
    said = "lamanya 10 menit → 20 menit"
    assert said in alur("diff", SKP, new).stdout
    told = json.loads(alur("diff", SKP, new, "--format", "json").stdout)
    assert (told["changes"][0]["group"], told["marks"]) == ("time", {"Waktu_1": "changed"})
    assert alur("diff", SKP, SKP).stdout == "Tidak ada perbedaan.\n"


@pytest.mark.parametrize("command", ["check", "deploy", "dry-run"])
def test_a_file_that_cannot_be_read_is_said_in_one_line(refused, command, tmp_path, home):
    assert "tidak-ada.bpmn tidak dapat dibaca" in refused(command, tmp_path / "tidak-ada.bpmn")
    assert not home.exists()


def test_a_directory_is_not_a_file(refused, tmp_path):
    assert f"{tmp_path} tidak dapat dibaca" in refused("check", tmp_path)


def test_a_diagram_gets_a_layout_and_no_file_is_overwritten_unasked(alur, refused, tmp_path):
    bare, out = tmp_path / "polos.bpmn", tmp_path / "hasil.bpmn"
    source = SKP.read_text()
    bare.write_text(source[: source.index("<bpmndi:BPMNDiagram")] + "</bpmn:definitions>")
    alur("layout", str(bare), "-o", str(out))
    assert "BPMNShape" in out.read_text()
    said = refused("layout", str(bare), "-o", str(out))
    assert "sudah ada" in said
    alur("layout", str(SKP), "-o", str(out), "--replace")
    assert out.read_text() == source


def test_a_diagram_is_printed_as_its_sop_and_no_file_is_overwritten_unasked(
    alur, refused, tmp_path
):
    out = tmp_path / "sop.pdf"
    done = alur("sop", str(SKP), "-o", str(out))
    assert done.stdout.splitlines() == [str(out)]
    assert out.read_bytes().startswith(b"%PDF-")
    assert "sudah ada" in refused("sop", str(SKP), "-o", str(out))
    before = out.read_bytes()
    alur("sop", str(SKP), "-o", str(out), "--replace")
    assert out.read_bytes() == before
    alur("sop", str(SKP), "-o", str(tmp_path / "bagan.svg"))
    assert "<svg" in (tmp_path / "bagan-1.svg").read_text()


def test_a_sop_is_of_a_process_that_is_there_and_of_a_kind_that_there_is(refused, tmp_path):
    out = str(tmp_path / "sop.pdf")
    assert "Tidak ada proses" in refused("sop", str(SKP), "-o", out, "--process", "lain")
    assert "harus berakhir .pdf atau .svg" in refused("sop", str(SKP), "-o", out + ".docx")
    two = tmp_path / "dua.bpmn"
    source = SKP.read_text()
    process = source[source.index("<bpmn:process ") : source.index("</bpmn:process>")]
    other = re.sub(r'\bid="', 'id="Lain_', process, count=1).partition(">")[0] + "/>"
    two.write_text(source.replace("</bpmn:process>", f"</bpmn:process>{other}"))
    assert "Pilih satu dengan --process" in refused("sop", str(two), "-o", out)
    assert not Path(out).exists()


def test_deploying_puts_a_version_into_force(alur, home):
    alur("migrate")
    _employ(home)
    done = alur("deploy", SKP)
    assert (done.returncode, done.stdout[:33]) == (0, "skp_collection: versi 1 berlaku (")
    assert alur("deploy", SKP).returncode == 0
    assert _versions(home) == [("skp_collection", 1)]


def test_deploying_a_faulty_file_changes_nothing(alur, variant, home):
    done = alur("deploy", variant({'type="date"': 'type="warna"'}))
    assert done.returncode == 1
    assert "Langkah_8" in done.stderr
    assert done.stderr.endswith("Diagram ditolak; tidak ada yang berubah.\n")
    assert not home.exists()


def test_deploying_what_nobody_can_do_here_changes_nothing(alur, home):
    alur("migrate")
    done = alur("deploy", SKP)
    assert done.returncode == 1
    assert "umum-aparatur" in done.stderr
    assert _versions(home) == []


def test_a_trial_run_follows_the_happy_path(alur, answers):
    given = answers({"Langkah_3": [SCORES], "Langkah_4": [YES]})
    done = alur("dry-run", SKP, "--answers", given, "--format", "json")
    outcome = json.loads(done.stdout)
    assert done.returncode == 0
    assert list(outcome) == ["outcome", "trace", "data", "error"]
    assert (outcome["outcome"], outcome["error"]) == ("completed", None)
    assert _steps(outcome) == list("12345678")
    assert outcome["data"]["sebutan"] == "Baik"


def test_a_trial_run_goes_back_at_a_disagreement(alur, answers):
    given = answers({"Langkah_3": [SCORES] * 2, "Langkah_4": [NO, YES]})
    done = alur("dry-run", SKP, "--answers", given, "--format", "json")
    assert done.returncode == 0
    assert _steps(json.loads(done.stdout)) == list("1234345678")


def test_a_trial_run_that_cannot_go_on_is_stuck(alur):
    done = alur("dry-run", SKP, "--format", "json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["outcome"]) == (1, "stuck")
    assert outcome["error"] == "Langkah_3: hasil_kerja: Isian ini wajib diisi."
    assert _steps(outcome) == list("12")


def test_a_trial_run_of_a_faulty_diagram_is_an_error(alur, variant):
    file = variant({'type="date"': 'type="warna"'})
    done = alur("dry-run", file, "--format=json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["outcome"], outcome["trace"]) == (1, "error", [])
    assert "Langkah_8" in outcome["error"]


def test_a_trial_run_leaves_no_trace(alur, answers, home):
    alur("dry-run", SKP, "--answers", answers({}))
    assert not home.exists()


@pytest.mark.parametrize(
    "data",
    ["{", "[1]", '{"a": NaN}', "[" * 5_000],
)
def test_broken_data_is_said_in_one_line(refused, answers, data):
    assert refused("dry-run", SKP, "--data", data).startswith("--data ")


@pytest.mark.parametrize("given", [{"Langkah_3": SCORES}, {"Langkah_3": [1]}])
def test_answers_of_another_shape_are_refused(refused, answers, given):
    said = refused("dry-run", SKP, "--answers", answers(given))
    assert said == '--answers: "Langkah_3" harus daftar objek.'


def test_broken_answers_are_said_in_one_line(refused, answers, tmp_path):
    assert refused("dry-run", SKP, "--answers", answers("{'a': 1}")).startswith("--answers ")
    assert "tidak dapat dibaca" in refused("dry-run", SKP, "--answers", tmp_path / "x.json")


def test_a_process_may_be_named(alur, refused, answers):
    given = answers({"Langkah_3": [SCORES], "Langkah_4": [YES]})
    done = alur("dry-run", SKP, "--process", "skp_collection", "--answers", given)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "completed"
    said = refused("dry-run", SKP, "--process", "lain")
    assert said == 'Tidak ada proses "lain" dalam berkas ini.'


def test_a_logo_that_cannot_be_printed_is_said_before_anybody_prints(refused, tmp_path):
    logo = tmp_path / "logo.svg"
    logo.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>')
    said = refused("serve", ALUR_PORT=str(_free_port()), ALUR_LOGO=str(logo))
    assert said == "ALUR_LOGO: gambar itu tidak dapat dicetak."


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("ALUR_PORT", "abc"),
        ("ALUR_HOST", "tidak.ada.invalid"),
        ("ALUR_HOST", "::zz::"),
        ("ALUR_ZONE", "Asia/Atlantis"),
        ("ALUR_PP46_UNTIL", "31-12-2021"),
        ("ALUR_HOME", "/dev/null/alur"),
        ("ALUR_LOGO", str(SKP)),
        ("ALUR_DATABASE_URL", "mysql://x"),
        ("ALUR_DATABASE_URL", "postgresql://nobody:rahasia@127.0.0.1:1/alur"),
        ("ALUR_DATABASE_URL", "postgresql://nobody@127.0.0.1:abc/alur"),
        ("ALUR_DATABASE_URL", "sqlite:////dev/null/alur.db"),
        ("ALUR_DATABASE_URL", f"sqlite:///{SKP}"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(refused, variable, wrong):
    # waitress leaves the sockets of an address that it cannot have to the end of the process.
    how = {} if variable == "ALUR_HOST" else None
    said = refused("serve", how=how, **({"ALUR_PORT": str(_free_port())} | {variable: wrong}))
    assert said
    assert "rahasia" not in said


def test_a_port_in_use_is_said_in_one_line(refused):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in refused("serve", how={}, ALUR_PORT=str(port))


def test_a_database_of_another_release_is_said_in_one_line(alur, refused, home):
    alur("migrate")
    connections = create_engine(f"sqlite:///{home / 'alur.db'}")

    def serve(revision: str) -> str:
        with connections.begin() as connection:
            connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
            connection.execute(text(f"UPDATE installation SET oldest = '{revision}'"))
        return refused("serve", ALUR_PORT=str(_free_port()))

    assert "alur migrate" in serve("0008")
    assert "lebih baru" in serve("9999")
    assert "lebih baru" in refused("migrate")
    connections.dispose()


def test_serving_ends_at_the_signal_to_end(environment):
    port = _free_port()
    server = subprocess.Popen(
        [ALUR, "serve"], env=environment | {"ALUR_PORT": str(port)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    try:
        assert server.stdout.readline() == f"Alur: http://127.0.0.1:{port}/\n"
        assert "NIP" in _fetch(f"http://127.0.0.1:{port}/sign-in")
        server.send_signal(signal.SIGTERM)
        _, told = server.communicate(timeout=10)
    finally:
        server.kill()
        server.wait()
    complaints = [line for line in told.splitlines() if " INFO " not in line]
    assert (server.returncode, complaints) == (0, [])


def test_help_names_every_command_and_what_it_says_of_itself(alur):
    done = alur("--help", COLUMNS="120")
    assert done.returncode == 0
    shown = " ".join(done.stdout.split())
    for command in ("check", "deploy", "dry-run", "serve", "demo", "migrate"):
        assert command in COMMANDS
    for name in COMMANDS:
        assert f" {name} {cli.get_command(None, name).help}" in shown


def test_help_and_a_check_import_no_more_than_they_need(environment):
    """Whoever asks for help waits for no database, who checks a diagram for no migrations."""
    for asked, spared in (
        (["--help"], {"sqlalchemy", "alembic", "lxml", "flask"}),
        (
            ["check", str(SKP)],
            {"sqlalchemy", "alembic", "openpyxl", "flask", "dramatiq", "holidays"},
        ),
        (["migrate"], {"openpyxl", "flask", "dramatiq", "holidays"}),
    ):
        program = (
            "import atexit, sys; from web.cli import main;"
            " atexit.register(lambda: print(*sys.modules, file=sys.stderr)); main()"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, *asked], env=environment,
            capture_output=True, encoding="utf-8", timeout=60, check=True,
        )  # fmt: skip
        assert "click" in done.stderr.split()
        assert not spared & set(done.stderr.split()), asked


def test_an_unknown_command_or_option_is_refused(alur):
    for arguments, how in ((["lari"], {}), (["check", SKP, "--format=xml"], None)):
        done = alur(*arguments, how=how)
        assert done.returncode == 2
        assert done.stderr


def _steps(outcome) -> list[str]:
    return [node.removeprefix("Langkah_") for node in outcome["trace"] if node[:8] == "Langkah_"]


def _employ(home: Path) -> None:
    db = Database(f"sqlite:///{home / 'alur.db'}")
    sample.load(db)
    db.close()


def _fetch(address: str) -> str:
    deadline = time.monotonic() + 10
    while True:
        try:
            with urlopen(address, timeout=10) as answer:  # noqa: S310  (our own address)
                return answer.read().decode()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def test_the_answers_of_the_documents_carry_the_sop_to_its_end(alur):
    ran = alur("dry-run", SKP, "--answers", SKP.parents[1] / "docs" / "answers.json", how={})
    assert ran.returncode == 0
    assert ran.stdout.count("Langkah_4") == 2


def test_the_data_is_readable_by_its_owner_alone(alur, home):
    assert alur("migrate", how={}).returncode == 0
    assert home.stat().st_mode & 0o077 == 0
    assert (home / "alur.db").stat().st_mode & 0o077 == 0
