"""Pages that keep themselves current: asked again with the mark they have, they answer briefly."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine import clock, instances
from engine.models import Incident, SignIn, WorkItem

pytestmark = pytest.mark.usefixtures("database_url")


def seen(visitor, path: str) -> str:
    """The mark of a page, which is right as long as nothing happens."""
    (mark,) = visitor.get(path).tree.xpath("//main/@data-seen")
    assert ask(visitor, path, mark).status == 204
    return mark


def ask(visitor, path: str, mark: str):
    """What the page's script does every few seconds."""
    answer = visitor.get(path, headers={"HX-Request": "true", "Alur-Seen": mark})
    assert answer.status in (200, 204, 401, 404)
    assert bool(answer.source) == (answer.status != 204)
    return answer


@pytest.fixture
def case(site):
    case = site.start()
    site.until(case, "Langkah_3")
    return case


def take_up(site, case):
    site.act(instances.take_up, "assessor", site.item(case))


def fall_late(site, case):
    with site.db.write() as session:
        past = clock.now() - timedelta(hours=1)
        session.execute(
            update(WorkItem).where(WorkItem.id == site.item(case).id).values(due_at=past)
        )


def fail(site, case):
    with site.db.write() as session:
        session.add(Incident(instance_id=case, element="Langkah_3", at=clock.now(), reason="Gagal"))


def comment(site, case):
    site.visitor("employee").post(f"/cases/{case}/comments", {"comment": "Mohon segera."})


@pytest.mark.parametrize("happens", [take_up, fall_late, fail, comment])
def test_whatever_happens_the_page_of_a_case_is_another(site, case, happens):
    visitor, path = site.visitor("supervisor"), f"/cases/{case}"
    mark = seen(visitor, path)
    happens(site, case)
    answer = ask(visitor, path, mark)
    assert answer.status == 200
    assert answer.tree.tag == "main"
    seen(visitor, path)


def test_a_new_task_makes_another_inbox_and_another_register(site):
    case = site.start()
    site.step(case)
    looks = [(site.visitor("assessor"), "/"), (site.visitor("supervisor"), "/cases/supervised")]
    marks = [seen(visitor, path) for visitor, path in looks]
    site.step(case)
    for (visitor, path), mark in zip(looks, marks, strict=True):
        answer = ask(visitor, path, mark)
        assert answer.status == 200
        assert "Memberikan penilaian" in answer.text


def test_a_list_of_what_names_somebody_asks_by_its_form(site, case):
    visitor, form = site.visitor("supervisor"), {"text": "Budi"}
    page = visitor.post("/cases/supervised", form)
    (mark,) = page.tree.xpath("//main/@data-seen")
    assert page.tree.xpath("//form/@data-again") == ["/cases/supervised"]
    asked = {"HX-Request": "true", "Alur-Seen": mark}
    assert visitor.post("/cases/supervised", form, headers=asked).status == 204
    # Of its further pages nothing but the form itself knows where they begin, and an empty list
    # has no form: asked for by its address it would be the list of all cases.
    for other in (form | {"before": case + 1}, {"text": "Tidak Ada"}):
        assert visitor.post("/cases/supervised", other).tree.xpath("//main/@data-seen") == []


def test_a_page_with_a_fault_on_it_is_left_alone(site, case):
    visitor = site.visitor("supervisor")
    page = visitor.post(f"/cases/{case}/suspend", {"reason": ""})
    assert page.status == 422
    assert page.tree.xpath("//main/@data-seen") == []


def test_a_fault_is_said_to_a_page_that_is_as_it_was_too(site, case):
    visitor = site.visitor("supervisor")
    asked = {"Alur-Seen": seen(visitor, f"/cases/{case}")}
    assert visitor.post(f"/cases/{case}/suspend", {"reason": ""}, headers=asked).status == 422
    asked = {"Alur-Seen": seen(visitor, "/cases/supervised")}
    assert visitor.get("/cases/supervised?first=x", headers=asked).status == 422


def test_a_page_left_open_keeps_nobody_signed_in(site, case):
    visitor = site.visitor("supervisor")
    mark = seen(visitor, f"/cases/{case}")
    long_ago = clock.now() - timedelta(hours=2)
    with site.db.write() as session:
        session.execute(update(SignIn).values(seen_at=long_ago))
    ask(visitor, f"/cases/{case}", mark)
    with site.db.read() as session:
        assert set(session.scalars(select(SignIn.seen_at))) == {long_ago}
    visitor.get(f"/cases/{case}")
    with site.db.read() as session:
        assert max(session.scalars(select(SignIn.seen_at))) > long_ago


def test_who_may_not_see_a_case_is_not_told_whether_it_changes(site, case):
    mark = seen(site.visitor("supervisor"), f"/cases/{case}")
    assert ask(site.visitor("outsider"), f"/cases/{case}", mark).status == 404
    assert ask(site.visitor(), f"/cases/{case}", mark).status == 401
