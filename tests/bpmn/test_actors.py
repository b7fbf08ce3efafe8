import pytest

from bpmn.actors import ActorRule, parse_actor


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("subject", ActorRule("subject")),
        ("starter", ActorRule("starter")),
        ("superior(subject)", ActorRule("subject", 1)),
        ("superior(superior(subject))", ActorRule("subject", 2)),
        ("superior(starter)", ActorRule("starter", 1)),
        ("  subject\n", ActorRule("subject")),
        ("group:umum-aparatur", ActorRule("group", code="umum-aparatur")),
        ("group:dinas.bidang_2", ActorRule("group", code="dinas.bidang_2")),
        ("person:196604081993031009", ActorRule("person", code="196604081993031009")),
        ("person:19660408 199303 1 009", ActorRule("person", code="196604081993031009")),
    ],
)
def test_an_actor_rule_is_read(text, actor):
    assert parse_actor(text) == actor


@pytest.mark.parametrize(
    "text",
    [
        *("", "Subject", "subjek", "pegawai", "superior", "superior()", "superior(pegawai)"),
        *("superior(subject", "subject)", "superior(superior(subject)", "superior(subject))"),
        *("superior(group:umum)", "superior (subject)", "group:", "group:a b", "group:a,b"),
        *("person:", "person: ", "person:budi", "person:${nip}", "person:٣٤", "subject,starter"),
        "group:umum\x00",
    ],
)
def test_what_is_no_actor_rule_is_not_guessed_at(text):
    assert parse_actor(text) is None


def test_a_rule_that_climbs_for_ever_is_read_at_once():
    assert parse_actor("superior(" * 100_000 + "subject" + ")" * 100_000) == ActorRule(
        "subject", 100_000
    )
    assert parse_actor("superior(" * 100_000) is None
