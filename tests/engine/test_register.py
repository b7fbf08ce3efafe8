"""The register: every way of seeking gives the cases that are so, in order, a page at a time."""

from datetime import date
from itertools import chain, product
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from engine import cases, instances, register, saved_views, supervision
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.models import Instance, Unit, WorkItem
from engine.register import Sought

WIB = ZoneInfo("Asia/Pontianak")


@pytest.fixture
def at_work(office, at):
    """Cases of every state, about people of two units, on three days."""
    at("2026-11-24T08:00")
    office.finish(office.start())
    office.cancel(office.start())
    late = office.start()
    office.until(late, "Langkah_3")
    instances.take_up(office.db, office.assessor, office.item(late).id)
    at("2026-11-25T08:00")
    supervision.suspend(office.db, office.head, office.start(), "Menunggu berkas")
    office.start(office.outsider)
    office.start(office.analyst)
    office.finish(office.start(office.analyst))
    at("2026-11-26T09:00")
    office.start()
    return late


def found(office, actor=None, behind=None, **sought):
    with office.db.read() as session:
        page = register.page(session, actor or office.auditor, Sought(**sought), behind)
        return [case.id for case in page]


def everything(office):
    people = joinedload(Instance.subject), joinedload(Instance.definition)
    with office.db.read() as session:
        rows = session.scalars(select(Instance).options(*people).order_by(Instance.id)).all()
        items = session.scalars(select(WorkItem).where(WorkItem.status == "open")).all()
    return [(case, [item for item in items if item.instance_id == case.id]) for case in rows]


def test_what_is_sought_is_what_is_found(office, at_work):
    """All of some filters with all of others, compared with the cases themselves."""
    with office.db.read() as session:
        units = dict(session.execute(select(Unit.code, Unit.id)).all())
    states = {
        None: lambda case: True,
        "open": lambda case: case.ended_at is None,
        **{
            state: lambda case, state=state: case.status == state
            for state in ("running", "suspended", "completed", "cancelled")
        },
    }
    steps = (None, "Langkah_1", "Langkah_3")
    places = {None: None, units["umum"]: {"umum"}, units["dinas"]: {"dinas", "umum", "layanan"}}
    names = ("", "budi", "ANALIS", "19900101 200903 2 012", "3")
    code_of = {number: code for code, number in units.items()}
    whole, found_some = everything(office), set()
    for state, step, unit, text in product(states, steps, places, names):
        expected = [
            case.id
            for case, items in reversed(whole)
            if states[state](case)
            and (step is None or any(item.element == step for item in items))
            and (unit is None or code_of[case.subject.unit_id] in places[unit])
            and (
                text.casefold() in case.subject.name.casefold()
                or text.replace(" ", "") in case.subject.nip
                or text == str(case.id)
            )
        ]
        sought = {"state": state, "step": step, "unit": unit, "text": text}
        assert found(office, **sought) == expected, sought
        with office.db.read() as session:
            assert register.count(session, office.auditor, Sought(**sought)) == len(expected)
        found_some.add(len(expected))
    assert len(found_some) > 4


def test_days_are_those_of_the_office(office, at_work, at):
    whole = [case for case, _ in everything(office)]
    for first, last in ((date(2026, 11, 25), None), (None, date(2026, 11, 24))):
        expected = [
            case.id
            for case in reversed(whole)
            if (first or date.min) <= case.started_at.astimezone(WIB).date() <= (last or date.max)
        ]
        assert found(office, first=first, last=last) == expected
        assert 0 < len(expected) < len(whole)


def test_late_ones_come_the_longest_late_first(office, at_work):
    assert found(office, order="overdue") == found(office, state="overdue")[::-1]
    assert found(office, state="overdue", text="Budi") == [at_work]
    assert found(office, order="overdue", state="completed") == []


def test_who_has_an_open_task_is_found_by_name(office, at_work):
    assert found(office, holder="Kasi Contoh Satu") == [at_work]
    assert found(office, holder="Eka") == []


def test_a_percent_sign_is_a_letter_like_others(office, at_work):
    assert found(office, text="%") == found(office, holder="_") == []


@pytest.mark.parametrize("order", register.ORDERS)
def test_pages_go_on_behind_each_other(office, at_work, order, monkeypatch):
    whole = found(office, order=order)
    monkeypatch.setattr(cases, "PAGE", 1)
    seen, behind = [], None
    while page := found(office, behind=behind, order=order):
        seen += page
        behind = page[-1]
    assert seen == whole
    assert seen


def test_the_last_that_ended_comes_first(office, at_work):
    ended = {case.id: case.ended_at for case, _ in everything(office) if case.ended_at}
    assert found(office, order="ended") == sorted(ended, key=lambda i: (ended[i], i), reverse=True)


def test_a_supervisor_finds_those_of_their_units(office, at_work):
    assert found(office, office.neighbour) == found(office, text="Analis")
    assert found(office, office.neighbour, text="Budi") == []


def test_who_looks_over_nobody_finds_nothing(office, at_work):
    for actor in (office.employee, office.staff, office.analyst):
        with pytest.raises(NotAllowed):
            found(office, actor)


def test_a_file_has_all_of_them_in_the_same_order(office, at_work, monkeypatch):
    monkeypatch.setattr(register, "BATCH", 3)
    with office.db.read() as session:
        batches = [
            [case.id for case in some]
            for some in register.everything(session, office.auditor, Sought())
        ]
    assert list(chain(*batches)) == found(office)
    assert max(map(len, batches)) == 3


def test_a_count_ends_where_it_is_told_to(office, at_work):
    with office.db.read() as session:
        assert register.count(session, office.auditor, Sought(), most=2) == 3


def test_a_page_takes_one_statement(office, at_work, statements):
    sought = Sought(process="skp_collection", state="open", step="Langkah_3", text="Budi")
    with office.db.read() as session:
        statements.clear()
        register.page(session, office.auditor, sought)
    assert len(statements.sent) == 1


# Views


def test_a_view_is_its_persons_own(office):
    kept = saved_views.keep(office.db, office.head, " Terlambat   di Dinas ", "order=overdue")
    with office.db.read() as session:
        assert [view.name for view in saved_views.of(session, office.head)] == [
            "Terlambat di Dinas"
        ]
        assert saved_views.of(session, office.neighbour) == []
        with pytest.raises(NotFound):
            saved_views.view(session, office.neighbour, kept)
    with pytest.raises(NotFound):
        saved_views.drop(office.db, office.neighbour, kept)
    with office.db.read() as session:
        assert saved_views.view(session, office.head, kept).query == "order=overdue"
    saved_views.drop(office.db, office.head, kept)
    with office.db.read() as session:
        assert saved_views.of(session, office.head) == []


def test_the_same_name_is_the_same_view(office):
    first = saved_views.keep(office.db, office.head, "Saya", "state=open")
    assert saved_views.keep(office.db, office.head, "Saya", "state=running") == first


def test_a_view_needs_a_name_a_duty_and_room(office, monkeypatch):
    for name in ("", "  ", "x" * 61):
        with pytest.raises(InvalidInput):
            saved_views.keep(office.db, office.head, name, "")
    with pytest.raises(NotAllowed):
        saved_views.keep(office.db, office.employee, "Saya", "")
    monkeypatch.setattr(saved_views, "MOST", 1)
    saved_views.keep(office.db, office.head, "Satu", "")
    with pytest.raises(InvalidInput):
        saved_views.keep(office.db, office.head, "Dua", "")


def test_an_instant_of_the_office_is_no_instant_of_london(office, at_work, at):
    """A case that was started at 06.00 on the 26th belongs to the 26th."""
    at("2026-11-26T06:00")
    case = office.start()
    assert case in found(office, first=date(2026, 11, 26))
