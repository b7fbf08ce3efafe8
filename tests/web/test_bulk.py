"""The same act on many cases: chosen on one page, each completed and recorded by itself."""

import pytest
from sqlalchemy import event, select

from engine import history, instances, supervision
from engine.models import Processing

NOTE = (
    '<camunda:formData><camunda:formField id="catatan" label="Catatan" type="string">'
    '<camunda:validation><camunda:constraint name="required"/>'
    '<camunda:constraint name="maxlength" config="20"/></camunda:validation></camunda:formField>'
    '<camunda:formField id="lengkap" label="Lengkap" type="boolean"/>'
    '<camunda:formField id="jumlah" label="Jumlah" type="long"/></camunda:formData>'
)
DRAWN = f"""
    lane Staf group:umum-aparatur: s a e
    startEvent s
    userTask a name=Memeriksa
        property alur:bulk=true
        {NOTE}
    endEvent e
    s -> a -> e
"""
STEP_2 = "/bulk/skp_collection/Langkah_2"


@pytest.fixture
def listed(site, draw):
    """``listed(n)``: the tasks of that many cases of a step of the group's."""
    site.put_into_force(draw(DRAWN))
    return lambda number: [site.item(site.start("p")) for _ in range(number)]


def form(page, chosen, **given):
    """The form of the page with some rows chosen."""
    tokens = {
        field.get("name"): field.get("value")
        for field in page.tree.xpath("//input[contains(@name, ':token')]")
    }
    return tokens | {"chosen": [str(item.id) for item in chosen]} | given


def row(page, item):
    (found,) = page.tree.xpath(f"//tr[.//input[@name='{item.id}:token']]")
    return found


@pytest.mark.usefixtures("database_url")
def test_the_chosen_ones_are_completed_each_by_itself(site, listed):
    items = listed(4)
    staff = site.visitor("staff")
    page = staff.get("/bulk/p/a")
    assert "4 kasus menunggu" in page.text
    given = form(page, items[:3], **{"all:catatan": "Semua", f"{items[1].id}:catatan": "Sendiri"})
    after = staff.post("/bulk/p/a", given, follow_redirects=True)
    assert after.said == ["3 tugas selesai."]
    assert "1 kasus menunggu" in after.text
    noted = [site.answers(item.instance_id, "a")["catatan"] for item in items[:3]]
    assert noted == ["Semua", "Sendiri", "Semua"]
    for item in items[:3]:
        (done,) = site.work(item.instance_id)
        assert (done.status, done.closed_by) == ("completed", site.ids["staff"])
    assert site.item(items[3].instance_id).status == "open"


def test_what_fails_stays_with_its_reason_and_its_input_and_stops_none(site, listed):
    items = listed(4)
    staff = site.visitor("staff")
    page = staff.get("/bulk/p/a")
    site.act(instances.claim, "colleague", items[1])
    given = form(page, items[:3], **{
        f"{items[0].id}:catatan": "Baik", f"{items[1].id}:catatan": "Baik",
        f"{items[2].id}:catatan": "Baik", f"{items[2].id}:jumlah": "banyak",
        f"{items[3].id}:catatan": "Nanti",
    })  # fmt: skip
    after = staff.post("/bulk/p/a", given)
    assert after.status == 422
    assert after.said == ["1 tugas selesai, 2 belum: lihat sebabnya."]
    assert "Tulis angka bulat, misalnya 1.250." in row(after, items[2]).text_content()
    assert after.value(f"{items[2].id}:jumlah") == "banyak"
    assert row(after, items[2]).xpath(".//input[@name='chosen' and @checked]")
    assert after.value(f"{items[3].id}:catatan") == "Nanti"
    assert not row(after, items[3]).xpath(".//input[@name='chosen' and @checked]")
    assert site.work(items[0].instance_id)[0].status == "completed"


def test_a_required_field_must_be_filled_in_its_row_or_for_all(site, listed):
    (item,) = listed(1)
    staff = site.visitor("staff")
    after = staff.post("/bulk/p/a", form(staff.get("/bulk/p/a"), [item]))
    assert after.status == 422
    assert "Isian ini wajib diisi." in row(after, item).text_content()


def test_a_double_click_does_it_once_and_says_the_same(site, listed):
    items = listed(2)
    staff = site.visitor("staff")
    given = form(staff.get("/bulk/p/a"), items, **{"all:catatan": "Baik"})
    for _ in range(2):
        assert staff.post("/bulk/p/a", given).status == 303
    for item in items:
        with site.db.read() as session:
            kinds = [entry.kind for entry in history.of_instance(session, item.instance_id)]
        assert kinds.count("task.completed") == 1


def test_all_can_be_chosen_without_a_script(site, listed):
    listed(3)
    page = site.visitor("staff").get("/bulk/p/a?chosen=all")
    assert len(page.tree.xpath("//input[@name='chosen' and @checked]")) == 3


def test_nothing_chosen_is_said(site, listed):
    listed(1)
    after = site.visitor("staff").post("/bulk/p/a", {})
    assert after.status == 422
    assert after.said == ["Pilih sekurang-kurangnya satu tugas."]


def test_a_performed_time_that_cannot_be_completes_nothing(site, listed):
    (item,) = listed(1)
    staff = site.visitor("staff")
    given = form(staff.get("/bulk/p/a"), [item], **{"all:catatan": "x", "performed:day": "kemarin"})
    after = staff.post("/bulk/p/a", given)
    assert after.status == 422
    assert site.item(item.instance_id).status == "open"
    assert after.value("performed:day") == "kemarin"


def test_others_tasks_are_neither_listed_nor_completed(site, listed):
    (item,) = listed(1)
    outsider = site.visitor("outsider")
    assert outsider.get("/bulk/p/a").status == 303
    answer = outsider.post("/bulk/p/a", {"chosen": str(item.id), f"{item.id}:catatan": "x"})
    assert "Budi" not in answer.text
    assert site.item(item.instance_id).status == "open"


def test_a_step_that_is_not_marked_has_no_such_page(site):
    item = site.item(site.start())
    staff = site.visitor("staff")
    assert staff.get("/bulk/skp_collection/Langkah_1").status == 303
    answer = staff.post("/bulk/skp_collection/Langkah_1", {"chosen": str(item.id)})
    assert site.item(item.instance_id).element == "Langkah_1"
    assert answer.status in (303, 422)


def test_a_case_that_is_suspended_meanwhile_stays(site):
    first, second = (site.until(site.start(), "Langkah_2") for _ in range(2))
    staff = site.visitor("staff")
    page = staff.get(STEP_2)
    supervision.suspend(site.db, site._actor(site.ids["supervisor"]), first.instance_id, "Berkas")
    after = staff.post(STEP_2, form(page, [first, second]))
    assert after.status == 422
    assert "ditangguhkan" in row(after, first).text_content()
    assert site.item(second.instance_id).element == "Langkah_3"


def test_the_inbox_leads_to_it(site):
    site.until(site.start(), "Langkah_2")
    staff = site.visitor("staff")
    assert STEP_2 not in staff.get("/").links
    site.until(site.start(), "Langkah_2")
    assert STEP_2 in staff.get("/").links


def test_whoever_is_listed_was_looked_at(site, listed):
    listed(2)
    site.visitor("staff").get("/bulk/p/a")
    with site.db.read() as session:
        seen = session.scalars(select(Processing).filter_by(person_id=site.ids["staff"])).all()
    assert [one.subject_id for one in seen] == [site.ids["employee"]] * 2


def test_forty_cases_cost_what_forty_completions_cost(site):
    items = [site.until(site.start(), "Langkah_2") for _ in range(40)]
    staff = site.visitor("staff")
    given = form(staff.get(STEP_2), items)
    sent, commits = [], []
    event.listen(site.db.connections, "before_cursor_execute", lambda *told: sent.append(told[2]))
    event.listen(site.db.connections, "commit", lambda _connection: commits.append(1))
    assert staff.post(STEP_2, given).status == 303
    assert len(sent) <= 40 * 10 + 20
    assert len(commits) <= 40 + 2
    assert {site.item(item.instance_id).element for item in items} == {"Langkah_3"}


@pytest.mark.parametrize("chosen", ["x", "-1", "99999999999", "²", ""])
def test_numbers_that_are_none_are_left_out(site, listed, chosen):
    listed(1)
    assert site.visitor("staff").post("/bulk/p/a", {"chosen": chosen}).status == 422
