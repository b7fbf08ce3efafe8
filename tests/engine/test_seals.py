"""Seals: what they cover, what a round costs, whose key signs them, and the file beside."""

import json
import stat
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from engine import clock, history, jobs, journal, seal_file, seals, signing, verification
from engine.database import Database
from engine.errors import InvalidInput, SealRefused
from engine.models import Instance, Job, JournalEntry, Seal
from engine.seals import HEAD, Body
from engine.settings import Settings
from tasks import duties


@pytest.fixture
def settings(office, tmp_path) -> Settings:
    return Settings(tmp_path / "home", office.db.url)


@pytest.fixture
def sealed(office, settings):
    """``sealed()``: the cases of each seal that a round makes."""

    def run() -> list[list[int]]:
        made = seals.seal(office.db, settings)
        return [covered(seal) for seal in all_seals(office.db)[-made:]] if made else []

    return run


def all_seals(db: Database) -> list[Seal]:
    with db.read() as session:
        query = select(Seal).order_by(Seal.number)
        return [(session.refresh(seal, ["heads"]), seal)[1] for seal in session.scalars(query)]


def covered(seal: Seal) -> list[int]:
    return [HEAD.unpack(head)[0] for head in seals.unpacked(seal.heads)]


def file_of(settings: Settings) -> list[dict]:
    return [json.loads(line) for line in (settings.home / seal_file.NAME).read_text().splitlines()]


def note(db: Database) -> None:
    with db.write() as session:
        journal.record(session, "unit.added", {})


# What a seal says


def test_it_holds_the_ends_of_all_chains_and_is_signed(office, settings, sealed):
    cases = [office.start() for _ in range(3)]
    note(office.db)
    assert sealed() == [cases]
    (seal,) = all_seals(office.db)
    body = Body.of(seal.body)
    key = signing.own(settings).public
    assert key.has_signed(seal.signature, seal.body)
    assert not key.has_signed(seal.signature, seal.body + b" ")
    assert json.loads(seal.body)["heads"] == history.digest(seal.heads)
    assert (body.number, body.count, body.previous) == (1, 3, history.GENESIS)
    assert (body.key, seal.key) == (key.raw.hex(), key.fingerprint)
    assert body.highest == max(cases)
    for head in seals.unpacked(seal.heads):
        case, seq, hashed = HEAD.unpack(head)
        found = office.case(case)
        assert (found.last_seq, found.last_hash) == (seq, hashed.hex())
    with office.db.read() as session:
        end = journal.head_of(session)
    assert (body.journal_seq, body.journal_hash) == (end.seq, end.hash)


def test_each_names_the_one_before(office, sealed):
    for _ in range(3):
        office.start()
        sealed()
    first, second, third = all_seals(office.db)
    assert Body.of(second.body).previous == history.digest(first.body)
    assert Body.of(third.body).previous == history.digest(second.body)


def test_only_what_has_changed_since_is_sealed_again(office, sealed):
    cases = [office.start() for _ in range(3)]
    sealed()
    office.step(cases[1])
    assert sealed() == [[cases[1]]]


def test_where_nothing_has_changed_there_is_no_seal(office, sealed):
    office.start()
    assert len(sealed()) == 1
    assert sealed() == []
    note(office.db)
    assert sealed() == [[]]


def test_of_an_office_without_cases_there_is_one_of_nothing(office, sealed):
    assert sealed() == [[]]
    assert sealed() == []


def test_a_round_asks_for_what_changed_not_for_what_exists(office, sealed, statements):
    old = [office.start() for _ in range(3)]
    sealed()
    office.step(old[0])
    statements.clear()
    sealed()
    (asked,) = [sql for sql, _ in statements.sent if "instance.last_hash" in sql]
    assert "history.at >=" in asked


def test_a_step_that_was_committed_long_after_its_instant_is_sealed(office, sealed, at):
    """Its entry is older than the seal that did not see it."""
    case = office.start()
    at("2026-11-26T10:00")
    sealed()
    at("2026-11-26T09:50")
    office.step(case)
    at("2026-11-26T11:00")
    assert sealed() == [[case]]


def test_what_was_done_while_the_clock_was_ahead_and_after_is_sealed(office, sealed, at):
    at("2026-11-27T09:00")
    first = office.start()
    assert sealed() == [[first]]
    at("2026-11-26T09:00")  # it was a day ahead
    second = office.start()
    assert sealed() == [[second]]


def test_many_cases_are_sealed_in_several_seals(office, sealed, settings, monkeypatch):
    monkeypatch.setattr(seals, "MAX_HEADS", 2)
    cases = [office.start() for _ in range(5)]
    assert sealed() == [cases[:2], cases[2:4], cases[4:]]
    untils = [Body.of(seal.body).until for seal in all_seals(office.db)]
    assert untils[:2] == [None, None]
    assert untils[2] is not None
    key = signing.own(settings).public
    verdict = verification.verify(office.db, key, None, lambda *_: None)
    assert (verdict.faults, verdict.unsealed) == ([], 0)


def test_a_round_that_was_killed_half_way_is_made_up_for(office, sealed, settings, monkeypatch):
    monkeypatch.setattr(seals, "MAX_HEADS", 2)
    cases = [office.start() for _ in range(3)]
    seal = seals._seal

    def once(*args):
        monkeypatch.setattr(seals, "_seal", die)
        return seal(*args)

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(seals, "_seal", once)
    with pytest.raises(KeyboardInterrupt):
        seals.seal(office.db, settings)
    monkeypatch.setattr(seals, "_seal", seal)
    assert cases[2] in sealed()[-1]
    assert [line["number"] for line in file_of(settings)] == [1, 2]


def test_two_that_seal_at_once_make_one_chain(office, settings, at_once):
    for _ in range(3):
        office.start()
    made = at_once(*[lambda db: seals.seal(db, settings)] * 2)
    assert all(isinstance(one, int) for one in made)
    assert sum(made) == len(all_seals(office.db))
    key = signing.own(settings).public
    file = settings.home / seal_file.NAME
    assert verification.verify(office.db, key, file, lambda *_: None).faults == []


def test_what_is_not_sealed_yet_is_counted(office, sealed, at):
    case = office.start()
    with office.db.read() as session:
        assert seals.count_unsealed(session) == len(office.history(case))
    at("2026-11-26T10:00")
    sealed()
    at("2026-11-26T10:01")
    office.step(case)
    with office.db.read() as session:
        assert seals.count_unsealed(session) == 3  # completed, a document ordered, the next opened


# The key


def test_the_key_is_made_once_and_for_its_owner_alone(settings):
    key = signing.own(settings)
    file = settings.home / "seal.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing.own(settings) == key
    assert [file.name for file in settings.home.iterdir()] == ["seal.key"]


def test_the_public_half_is_read_back_from_its_file(settings, tmp_path):
    public = signing.own(settings).public
    (tmp_path / "kunci.pem").write_text(public.pem)
    assert signing.public_key(tmp_path / "kunci.pem") == public


@pytest.mark.parametrize("content", [b"", b"x", signing.make(), b"\xff\x00"])
def test_what_is_no_public_key_is_refused(tmp_path, content):
    (tmp_path / "kunci.pem").write_bytes(content)
    with pytest.raises(InvalidInput, match="bukan kunci Ed25519"):
        signing.public_key(tmp_path / "kunci.pem")


def test_a_damaged_key_is_refused_in_one_sentence(settings):
    settings.make_home()
    (settings.home / "seal.key").write_bytes(b"rusak")
    with pytest.raises(InvalidInput, match=r"seal\.key bukan kunci"):
        _ = signing.own(settings).public


def test_another_key_does_not_seal(office, sealed, tmp_path):
    office.start()
    sealed()
    office.start()
    with pytest.raises(SealRefused, match="kunci lain"):
        seals.seal(office.db, Settings(tmp_path / "lain", office.db.url))
    assert len(all_seals(office.db)) == 1


def test_several_nodes_that_share_the_key_seal_one_chain(office, sealed, settings, tmp_path):
    office.start()
    sealed()
    other = Settings(tmp_path / "lain", office.db.url)
    other.make_home()
    (other.home / "seal.key").write_bytes((settings.home / "seal.key").read_bytes())
    office.start()
    assert seals.seal(office.db, other) == 1
    assert [line["number"] for line in file_of(other)] == [1, 2]  # what it had not has come too


def test_a_new_key_is_on_record_and_the_old_one_vouches_for_it(office, sealed, settings):
    office.start()
    sealed()
    old = signing.own(settings).public
    new = seals.change_key(office.db, settings)
    assert signing.own(settings).public == new != old
    assert sealed() == [[]]
    with office.db.read() as session:
        entry = session.scalars(select(JournalEntry)).one()
    told = json.loads(entry.details)
    assert entry.kind == "seal.key-changed"
    assert (told["previous"], told["key"]) == (old.raw.hex(), new.raw.hex())
    assert old.has_signed(bytes.fromhex(told["signature"]), b"alur seal key " + new.raw)
    for trusted in (old, new):
        assert verification.verify(office.db, trusted, None, lambda *_: None).faults == []


def test_where_the_old_key_is_lost_only_the_new_one_is_believed(office, sealed, settings):
    office.start()
    sealed()
    old = signing.own(settings).public
    (settings.home / "seal.key").unlink()
    new = seals.change_key(office.db, settings)
    assert sealed() == [[]]
    assert verification.verify(office.db, new, None, lambda *_: None).faults == []
    (said,) = verification.verify(office.db, old, None, lambda *_: None).faults
    assert str(said) == "Segel 2: ditandatangani kunci lain."


def test_a_change_of_keys_that_is_not_on_record_is_told(office, sealed, settings):
    office.start()
    sealed()
    seals.change_key(office.db, settings)
    sealed()
    with office.db.write() as session:
        session.execute(delete(JournalEntry))
    found = verification.verify(
        office.db, signing.own(settings).public, None, lambda *_: None
    ).faults
    assert str(found[0]).startswith("Segel 2: ")


# The round of a worker


def test_it_is_armed_once_and_arms_itself_again(office, settings, at):
    duties.arm_rounds(office.db)
    duties.arm_rounds(office.db)
    case = office.start()
    (job,) = office.jobs(None, "seal")
    duties.duties(settings)["seal"](office.db, job)
    (again,) = office.jobs(None, "seal")
    assert again.due == job.due + timedelta(hours=1) == again.ready
    assert [covered(seal) for seal in all_seals(office.db)] == [[case]]


def test_two_nodes_that_start_at_once_arm_one_round(office, at_once):
    at_once(duties.arm_rounds, duties.arm_rounds)
    with office.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Job).filter_by(kind="seal")) == 1


def test_a_node_without_the_key_warns_and_goes_on(office, sealed, tmp_path, caplog):
    sealed()
    office.start()
    with office.db.write() as session:
        jobs.ensure_round(session, seals.KIND, clock.now())
    (job,) = office.jobs(None, "seal")
    duties.duties(Settings(tmp_path / "lain", office.db.url))["seal"](office.db, job)
    assert len(all_seals(office.db)) == 1
    assert "not sealed" in caplog.text
    assert len(office.jobs(None, "seal")) == 1


# The file beside


def test_every_seal_is_a_line_of_the_file(office, sealed, settings):
    for _ in range(2):
        office.start()
        sealed()
    stored = all_seals(office.db)
    lines = file_of(settings)
    assert [line["body"].encode() for line in lines] == [seal.body for seal in stored]
    assert stat.S_IMODE((settings.home / seal_file.NAME).stat().st_mode) == 0o600


def test_a_line_that_was_torn_off_is_written_again(office, sealed, settings):
    office.start()
    sealed()
    office.start()
    sealed()
    file = settings.home / seal_file.NAME
    whole = file.read_bytes()
    file.write_bytes(whole[:-100])
    office.start()
    sealed()
    assert [line["number"] for line in file_of(settings)] == [1, 2, 3]
    assert file.read_bytes().startswith(whole)


def test_a_file_that_was_taken_away_is_begun_anew_with_all(office, sealed, settings):
    office.start()
    sealed()
    (settings.home / seal_file.NAME).unlink()
    office.start()
    sealed()
    assert [line["number"] for line in file_of(settings)] == [1, 2]


def test_it_is_put_aside_for_a_restored_database(office, sealed, settings):
    office.start()
    sealed()
    aside = seal_file.put_aside(settings)
    assert aside is not None
    assert aside.parent == settings.home
    assert not (settings.home / seal_file.NAME).exists()
    assert seal_file.put_aside(settings) is None


def test_cases_without_entries_of_late_keep_their_seal(office, sealed, at, settings):
    """Years later the first seals still tell, whatever came since."""
    old = office.start()
    sealed()
    for day in ("2026-12-01", "2027-01-05"):
        at(f"{day}T09:00")
        office.start()
        sealed()
    with office.db.write() as session:
        session.get_one(Instance, old).last_hash = "0" * 64
    found = verification.verify(
        office.db, signing.own(settings).public, None, lambda *_: None
    ).faults
    assert str(found[0]).startswith(f"Kasus {old:05d}")
