"""Signing a document at its page: with a try's certificate, by a provider, or on paper."""

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select, text

from engine import clock, contents, jobs, logs, signatures, values
from engine.models import Base, Document, Job, Signature, Substitution
from engine.signature_settings import SignatureSettings
from tasks.signatures import provider as port
from tasks.signatures.verification import judge

PLACES = ("Lane_PejabatPenilai", "Lane_Pegawai", "Lane_AtasanPejabatPenilai")
SIGNERS = ("assessor", "employee", "superior")
PROVIDER = Path(__file__).parent / "signing_provider.py"
PASSPHRASE, TOKEN = "frasa kwartirxa zirkonia", "rahasia-penyedia"
LOCKED = b"%PDF-1.7\ntrailer\n<< /Root 1 0 R /Encrypt 9 0 R >>\nstartxref\n9\n%%EOF\n"
SCAN = b"\xff\xd8\xff\xe0 sebuah foto"


@dataclass
class Paper:
    """One document of one case of the site, and how its office signs."""

    site: object
    case: int
    id: int

    @property
    def path(self) -> str:
        return f"/documents/{self.id}/sign"

    def mode(self, mode: str, **more) -> None:
        settings = self.site.app.extensions["alur-settings"]
        changed = replace(settings, signatures=SignatureSettings(mode, **more))
        self.site.app.extensions["alur-settings"] = changed

    def sign(self, who: str, **given):
        return self.site.visitor(who).post(self.path, given)

    def rows(self) -> list[Signature]:
        with self.site.db.read() as session:
            mine = select(Signature).where(Signature.document_id == self.id)
            return list(session.scalars(mine.order_by(Signature.number)))

    def file(self, number: int) -> bytes:
        return contents.whole(self.site.db, self.rows()[number - 1].content_id)

    def modes(self) -> list[str | None]:
        return [row.mode for row in self.rows()]


@pytest.fixture
def paper(site, to_be_signed) -> Paper:
    pdf = to_be_signed("Penilai", "Pegawai", "Atasan")
    case = site.start()
    site.until(case, "Langkah_4")
    with site.db.write() as session:
        document = Document(
            instance_id=case, kind="uji", revision=1, at=clock.now(), data=b"{}",
            content_id=contents.keep(session, pdf),
        )  # fmt: skip
        session.add(document)
        session.flush()
        signers = [(place, site.ids[who]) for place, who in zip(PLACES, SIGNERS, strict=True)]
        signatures.prepare(session, document, signers)
        found = Paper(site, case, document.id)
    found.mode("test")
    return found


@pytest.fixture(scope="module")
def provider(tmp_path_factory) -> Iterator[Path]:
    """The folder of a provider at work."""
    folder = tmp_path_factory.mktemp("provider")
    (folder / "behaviour").write_text("sign")
    process = subprocess.Popen([sys.executable, PROVIDER, folder])
    deadline = time.monotonic() + 60
    while not (folder / "port").exists():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.05)
    yield folder
    process.kill()
    process.wait(10)


@pytest.fixture
def by_provider(paper, provider) -> Paper:
    (provider / "behaviour").write_text("sign")
    url = f"http://127.0.0.1:{(provider / 'port').read_text()}/sign"
    paper.mode("provider", url=url, token=TOKEN, roots=(provider / "root.pem").read_bytes())
    return paper


def test_three_people_sign_one_after_the_other(paper, site):
    for number, who in enumerate(SIGNERS, start=1):
        inbox = site.visitor(who).get("/")
        assert "Dokumen menunggu tanda tangan Anda 1" in inbox.text
        assert paper.path in inbox.links
        assert paper.sign(who).location == paper.path
        assert paper.modes() == ["test"] * number + [None] * (3 - number)
        assert "menunggu tanda tangan Anda" not in site.visitor(who).get("/").text
    served = site.visitor("employee").get(f"/documents/{paper.id}/signed.pdf")
    assert served.response.data == paper.file(3)
    assert served.headers["Content-Type"] == "application/pdf"
    verdict = judge(paper.file(3), (site.app.extensions["alur-settings"].home
                                    / "signing-test-ca.pem").read_bytes())  # fmt: skip
    assert verdict.is_good and len(verdict.signatures) == 3


def test_a_test_certificate_says_so_on_the_page_and_in_the_document(paper, site):
    page = site.visitor("assessor").get(paper.path)
    assert any("SERTIFIKAT UJI yang tidak sah" in said for said in page.said)
    paper.sign("assessor")
    assert "sertifikat uji, tidak sah" in site.visitor("assessor").get(paper.path).text
    assert judge(paper.file(1), b"").signatures[0].issuer == "SERTIFIKAT UJI – TIDAK SAH"
    assert b"BSrE" not in paper.file(1)


def test_who_is_not_at_turn_reads_whom_it_waits_for_and_gets_no_button(paper, site):
    page = site.visitor("employee").get(paper.path)
    assert "Menunggu tanda tangan Kasi Contoh Satu (Pejabat Penilai)." in page.said
    assert not page.tree.xpath("//main//form")
    assert paper.sign("employee").status == 409
    assert paper.modes() == [None, None, None]


def test_a_substitute_signs_as_who_they_are(paper, site):
    with site.db.write() as session:
        session.add(
            Substitution(
                absent_id=site.ids["assessor"], substitute_id=site.ids["outsider"],
                capacity="plh", first_day=date(2000, 1, 1), last_day=date(2100, 1, 1),
                reason="Dinas luar", at=clock.now(), person_id=site.ids["administrator"],
            )
        )  # fmt: skip
    page = site.visitor("outsider").get(paper.path)
    assert any("sebagai Plh. Kasi Contoh Satu" in said for said in page.said)
    paper.sign("outsider")
    assert judge(paper.file(1), b"").signatures[0].holder == "Dewi Contoh"
    assert "Dewi Contoh (a.n. Kasi Contoh Satu)" in site.visitor("assessor").get(paper.path).text


def test_completing_a_step_leads_to_the_document_that_it_makes_one_sign(paper, site):
    paper.sign("assessor")
    item = site.item(paper.case)
    employee = site.visitor("employee")
    done = employee.post(f"/tasks/{item.id}", {"keputusan": "setuju", "token": "a"})
    assert done.location == paper.path


def test_going_on_to_the_next_task_leads_through_the_document_to_be_signed(paper, site):
    paper.sign("assessor")
    ready, waiting = f"/tasks/{site.item(paper.case).id}", site.task("Langkah_4")
    employee = site.visitor("employee")
    given = {"keputusan": "setuju", "token": "a", "then": "next"}
    done = employee.post(f"{ready}?process=skp_collection&step=Langkah_4", given)
    assert done.location.startswith(f"{paper.path}?after=")
    page = employee.get(done.location)
    (form,) = page.tree.xpath("//main//form/@action")
    (later,) = page.tree.xpath("//a[starts-with(text(), 'Tanda tangani nanti')]/@href")
    assert employee.get(later).location.partition("?")[0] == waiting
    signed = employee.post(form)
    assert paper.modes() == ["test", "test", None]
    assert signed.location == later
    back = employee.get(done.location)  # by the back button
    assert back.tree.xpath("//a[text()='Tugas berikutnya']/@href") == [later]


def test_going_on_never_stops_at_what_another_step_made_one_sign(paper, site):
    site.step(paper.case)
    step, following = f"/tasks/{site.item(paper.case).id}", site.task("Langkah_5")
    given = {"catatan_ke_atasan": "Baik", "token": "a", "then": "next"}
    done = site.visitor("assessor").post(step, given, follow_redirects=True)
    assert done.response.request.path == following


def test_a_document_without_the_place_is_refused_in_a_sentence(paper, site, to_be_signed):
    with site.db.write() as session:
        lacking = contents.keep(session, to_be_signed())
        session.get_one(Document, paper.id).content_id = lacking
    page = paper.sign("assessor")
    assert page.status == 409 and page.tree.xpath("//main//form")
    (said,) = page.tree.xpath("//p[@class='flash error']/text()")
    assert "tidak punya tempat tanda tangan ke-1, jadi tidak dapat ditandatangani" in said
    assert paper.modes() == [None, None, None]


def test_the_case_says_who_has_signed_and_who_has_not(paper, site):
    paper.sign("assessor")
    page = site.visitor("employee").get(f"/cases/{paper.case}")
    assert "1 dari 3 tanda tangan" in page.text and "Budi Contoh, belum" in page.text
    assert f"/documents/{paper.id}/signed.pdf" in page.links


def test_completing_a_step_never_waits_for_a_signature(paper, site):
    site.step(paper.case)
    assert site.item(paper.case).element == "Langkah_5"
    assert paper.modes() == [None, None, None]


def test_a_provider_signs_with_the_passphrase(by_provider, site, provider):
    for who in SIGNERS:
        assert by_provider.sign(who, signing_password=PASSPHRASE).status == 303
    assert by_provider.modes() == ["provider"] * 3
    assert by_provider.rows()[0].certificate == "Kasi Contoh Satu"
    verdict = judge(by_provider.file(3), (provider / "root.pem").read_bytes())
    assert verdict.is_good and {one.trust for one in verdict.signatures} == {"trusted"}


def test_only_the_digest_goes_to_the_provider(by_provider, provider):
    (provider / "asked").unlink(missing_ok=True)
    by_provider.sign("assessor", signing_password=PASSPHRASE)
    nip, digest = (provider / "asked").read_text().split()
    assert nip == "198007072090031007" and len(digest) == 64


@pytest.mark.parametrize(
    ("behaviour", "status", "said"),
    [
        ("ended", 422, "sertifikat Anda tidak berlaku lagi"),
        ("unregistered", 422, "belum terdaftar"),
        ("another", 422, "milik orang lain"),
        ("hang", 503, "tidak menjawab"),
        ("drop", 503, "tidak menjawab"),
        ("html", 503, "tidak menjawab"),
        ("error", 503, "tidak menjawab"),
        ("garbage", 503, "tidak memberi tanda tangan yang sah"),
        ("otherwise", 503, "tidak memberi tanda tangan yang sah"),
        ("stranger", 503, "tidak memberi tanda tangan yang sah"),
    ],
)
def test_a_provider_that_fails_leaves_nothing_half_done(
    by_provider, site, provider, monkeypatch, behaviour, status, said
):
    (provider / "behaviour").write_text(behaviour)
    with monkeypatch.context() as impatient:
        if behaviour == "hang":
            impatient.setattr(port, "TIMEOUT", 0.3)
        page = by_provider.sign("assessor", signing_password=PASSPHRASE)
    assert page.status == status and any(said in one for one in page.said), page.said
    assert by_provider.modes() == [None, None, None]
    (provider / "behaviour").write_text("sign")
    assert by_provider.sign("assessor", signing_password=PASSPHRASE).status == 303


def test_a_provider_that_is_down_is_one_sentence(by_provider):
    by_provider.mode("provider", url="http://127.0.0.1:9/sign", token=TOKEN, roots=b"")
    page = by_provider.sign("assessor", signing_password=PASSPHRASE)
    assert page.status == 503 and len([s for s in page.said if "tidak menjawab" in s]) == 1


def test_a_wrong_passphrase_is_one_sentence_and_guessing_is_slowed(
    by_provider, provider, monkeypatch
):
    standing = clock.now()
    monkeypatch.setattr(clock, "now", lambda: standing)
    page = by_provider.sign("assessor", signing_password="salah")
    assert page.status == 422
    assert "Frasa sandi tanda tangan tidak cocok. Dokumen belum ditandatangani." in page.said
    assert page.value("signing_password") is None
    for _ in range(5):
        by_provider.sign("assessor", signing_password="salah")
    before = (provider / "asked").read_text()
    slowed = by_provider.sign("assessor", signing_password="salah")
    assert slowed.status == 429 and "Retry-After" in slowed.headers
    assert (provider / "asked").read_text() == before


def _everything_stored(db) -> str:
    with db.read() as session:
        rows = [
            session.execute(text(f'SELECT * FROM "{name}"')).all() for name in Base.metadata.tables
        ]
    return repr(rows)


def test_a_passphrase_is_nowhere_once_the_answer_is_given(
    by_provider, site, provider, tmp_path, capsys
):
    """Not in the database, a log line, a page, a cookie or a file of the home."""
    wrong = "frasa keliru vulkanir"
    with logs.written("text"):
        pages = []
        visitor = site.visitor("assessor")
        for behaviour, given in [
            ("sign", wrong), ("error", PASSPHRASE), ("drop", PASSPHRASE),
            ("garbage", PASSPHRASE), ("sign", PASSPHRASE),
        ]:  # fmt: skip
            (provider / "behaviour").write_text(behaviour)
            pages.append(visitor.post(by_provider.path, {"signing_password": given}))
        # The session has ended meanwhile: the sign-in page carries nothing of it.
        stranger = site.visitor()
        pages.append(stranger.post(by_provider.path, {"signing_password": PASSPHRASE}))
        pages.append(visitor.get(by_provider.path))
    assert pages[4].status == 303
    told = capsys.readouterr()
    kept = [_everything_stored(site.db), told.out, told.err]
    kept += [page.source + str(page.headers) for page in pages]
    kept += [f.read_bytes().decode("latin-1") for f in tmp_path.rglob("*") if f.is_file()]
    for secret in (PASSPHRASE, wrong, TOKEN):
        assert not [where for where in kept if secret in where]
    assert "request" in told.err


def test_a_scan_is_kept_beside_the_document_with_who_brought_it(paper, site):
    paper.mode("wet")
    page = paper.sign("assessor", scan=(io.BytesIO(SCAN), "foto.pdf"))
    assert page.status == 303
    row = paper.rows()[0]
    assert (row.mode, row.signed_by, paper.file(1)) == ("wet", site.ids["assessor"], SCAN)
    served = site.visitor("employee").get(f"/documents/{paper.id}/signatures/1")
    assert served.headers["Content-Type"] == "image/jpeg" and served.response.data == SCAN
    document = site.visitor("employee").get(f"/documents/{paper.id}/signed.pdf")
    assert document.response.data.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (b"", "Pilih berkas pindaian"),
        (b"<html>bukan gambar", "harus berupa PDF, JPEG atau PNG"),
        (b"%PDF-" + b"0" * 5_000_000, "paling besar 5 MB"),
        (b"%PDF-1.7\n1 0 obj\n", "PDF itu tidak utuh"),
        (LOCKED, "PDF itu terkunci"),
    ],
)
def test_what_is_no_scan_is_refused(paper, scan, said):
    paper.mode("wet")
    page = paper.sign("assessor", scan=(io.BytesIO(scan), "pindaian.pdf"))
    assert page.status == 422 and any(said in one for one in page.said)
    assert paper.modes() == [None, None, None]


def test_the_printed_document_itself_is_no_scan_of_it(paper, site):
    paper.mode("wet")
    printed = site.visitor("assessor").get(f"/documents/{paper.id}/signed.pdf").response.data
    page = paper.sign("assessor", scan=(io.BytesIO(printed), "penilaian.pdf"))
    assert page.status == 422
    assert "Ini dokumen yang belum ditandatangani. Unggah pindaian yang sudah." in page.said
    assert paper.modes() == [None, None, None]


def test_the_document_is_for_those_who_may_see_its_case(paper, site):
    paper.sign("assessor")
    files = (f"/documents/{paper.id}/signed.pdf", f"/documents/{paper.id}/signatures/1")
    for who, status in [("neighbour", 404), ("outsider", 404), ("superior", 200)]:
        assert [site.visitor(who).get(path).status for path in files] == [status, status], who
    assert site.visitor("staff").get(paper.path).status == 403
    assert site.visitor("outsider").get(paper.path).status == 404


@pytest.mark.parametrize("who", ["assessor", "superior"])
def test_the_page_of_what_is_being_made_asks_until_it_is_ready(paper, site, who):
    with site.db.write() as session:
        document = session.get_one(Document, paper.id)
        made, document.content_id = document.content_id, None
        job = {"instance_id": paper.case, "kind": "document", "due": clock.now(),
               "ready": clock.now(), "details": values.dumps({"document": paper.id})}  # fmt: skip
        jobs.arm(session, [job])
    visitor = site.visitor(who)
    page = visitor.get(paper.path)
    assert any(said.startswith("Dokumen ini sedang dibuat.") for said in page.said)
    assert visitor.get(f"/documents/{paper.id}/signed.pdf").status == 404
    (asking,) = page.tree.xpath("//section[@id='signing']/@hx-get")
    assert 'hx-trigger="every' in visitor.get(asking, headers={"HX-Request": "true"}).source
    with site.db.write() as session:
        session.get_one(Document, paper.id).content_id = made
        session.execute(delete(Job).where(Job.kind == "document"))
    ready = visitor.get(asking, headers={"HX-Request": "true"})
    assert "hx-trigger" not in ready.source
    assert bool(ready.tree.xpath("//form")) is (who == "assessor")


def test_what_could_not_be_made_says_so_and_is_not_asked_for_again(paper, site):
    with site.db.write() as session:
        session.get_one(Document, paper.id).content_id = None  # and there is no job any more
    page = site.visitor("assessor").get(paper.path)
    assert any(said.startswith("Dokumen ini gagal dibuat") for said in page.said)
    assert "hx-trigger" not in page.source
