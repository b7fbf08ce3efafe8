"""``alur campaign``: previewed and started, listed, shown and directed from the command line."""

import pytest
from sqlalchemy import func, select

from engine import campaign_turns, campaigns, deployments, sample
from engine.database import Database
from engine.models import Campaign, Instance, Job

KEY = "skp_collection"
HEAD = sample.PEOPLE[2][0]
BUDI = sample.PEOPLE[11][0]


@pytest.fixture
def environment(environment, sqlite_url):
    return environment | {"ALUR_DATABASE_URL": sqlite_url}


@pytest.fixture
def office(sqlite_url):
    """The database that the commands work with: the sample office with the SKP in force."""
    db = Database(sqlite_url)
    yield db
    db.close()


def run(db):
    with db.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == campaigns.KIND))
    campaign_turns.run(db, job)


def count(db, table=Instance):
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_campaign_is_previewed_started_and_shown(alur, office):
    done = alur("campaign", "start", KEY, "--unit", "layanan", "--yes")
    assert done.returncode == 0
    assert "      7  akan mendapat kasus" in done.stdout
    assert f"  {BUDI}  Budi Contoh (" in done.stdout
    assert "Pejabat Penilai: Kasi Contoh Satu" in done.stdout
    assert "Kampanye 1 diperintahkan" in done.stdout
    assert "7 menunggu" in alur("campaign", "list").stdout
    run(office)
    shown = alur("campaign", "show", 1).stdout
    assert "selesai" in shown
    assert "Bidang Layanan Contoh" in shown
    assert "7 dimulai" in shown
    assert count(office) == 7


def test_nothing_is_started_without_a_yes(alur, office):
    done = alur("campaign", "start", KEY, "--all", given="n\n")
    assert done.returncode == 130
    assert "     14  akan mendapat kasus" in done.stdout
    assert "      2  pelaksana belum dapat ditentukan" in done.stdout
    assert "tidak: Gubernur Contoh belum memiliki atasan dalam direktori." in done.stdout
    assert count(office, Campaign) == 0
    assert alur("campaign", "start", KEY, "--all", given="y\n").returncode == 0
    run(office)
    shown = alur("campaign", "show", 1).stdout
    assert "14 dimulai, 2 tidak dapat" in shown
    assert "Gubernur Contoh: Gubernur Contoh belum memiliki atasan" in shown
    assert "seluruh direktori" in shown


def test_the_people_of_a_file(alur, office, tmp_path):
    file = tmp_path / "pegawai.csv"
    file.write_text(f"NIP\n{BUDI}\n123\n")
    done = alur("campaign", "start", KEY, "--file", file, "--yes", "--by", HEAD)
    assert "      1  NIP tidak dikenal" in done.stdout
    assert "  baris 3: NIP tidak dikenal: 123" in done.stdout
    run(office)
    assert count(office) == 1
    again = alur("campaign", "start", KEY, "--file", file, "--yes", "--again")
    assert again.returncode == 0
    run(office)
    assert count(office) == 2


def test_it_is_paused_resumed_tried_again_and_cancelled(alur, refused, office):
    alur("campaign", "start", KEY, "--unit", "contoh", "--yes")
    assert alur("campaign", "pause", 1).stdout == "Kampanye 1 dijeda.\n"
    assert "dijeda" in alur("campaign", "show", 1).stdout
    assert refused("campaign", "pause", 1).startswith("Keadaan kampanye ini sudah berubah.")
    assert alur("campaign", "resume", 1).stdout == "Kampanye 1 dilanjutkan.\n"
    run(office)
    assert alur("campaign", "retry", 1).stdout == "Kampanye 1 mencoba lagi.\n"
    assert alur("campaign", "cancel", 1).stdout == "Kampanye 1 dibatalkan.\n"
    assert "14 dimulai, 2 dibatalkan" in alur("campaign", "show", 1).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([KEY], "Sebutkan salah satu: --unit, --all atau --file."),
        ([KEY, "--all", "--unit", "layanan"], "Sebutkan salah satu: --unit, --all atau --file."),
        ([KEY, "--unit", "nihil"], 'Unit "nihil" tidak ada.'),
        (["nihil", "--all"], "Belum ada versi yang berlaku untuk proses ini."),
        ([KEY, "--file", "tidak-ada.csv"], "tidak-ada.csv tidak dapat dibaca: "),
        ([KEY, "--all", "--data", "["], "--data bukan JSON: "),
        ([KEY, "--all", "--data", "[]"], "--data harus objek JSON."),
        ([KEY, "--all", "--data", '{"x": 1}'], '--data: isian "x" tidak ada di formulir awal.'),
        ([KEY, "--all", "--by", "1"], "Tidak ada pegawai dengan NIP 1."),
        ([KEY, "--all", "--by", HEAD], "Kampanye seluruh direktori untuk administrator."),
        ([KEY, "--unit", "dinas", "--by", BUDI], "Halaman ini untuk pengawas unit"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(refused, office, arguments, said):
    assert refused("campaign", "start", *arguments, "--yes").startswith(said)
    assert count(office, Campaign) == 0


def test_a_campaign_that_is_not_there_is_refused(refused, office):
    said = "Kampanye itu tidak ada, atau bukan untuk Anda."
    for command in ("show", "pause", "resume", "cancel", "retry"):
        assert refused("campaign", command, 7) == said


FORMED = """
    process id=pesan name=Pemesanan
    lane Pemulai starter: s a e
    startEvent s
        <camunda:formData><camunda:formField id="pagu" label="Pagu" type="money">\
<camunda:validation><camunda:constraint name="required" /></camunda:validation>\
</camunda:formField></camunda:formData>
    userTask a
    endEvent e
    s -> a -> e
"""


def test_a_start_form_is_filled_in_by_data(alur, refused, office, draw):
    deployments.activate(office, deployments.deploy(office, draw(FORMED)).id)
    assert refused("campaign", "start", "pesan", "--all", "--yes").startswith("--data: pagu: ")
    assert alur("campaign", "start", "pesan", "--all", "--yes", "--data", '{"pagu": 5}').stdout
    run(office)
    assert count(office) == 16
