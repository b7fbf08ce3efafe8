"""A lost database is said in a sentence: on a page, to the page's script, on a terminal."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from engine import deployments
from web.cli import main

SAID = (
    "Sambungan ke basis data terputus. Coba lagi sebentar lagi: tidak ada yang tersimpan setengah"
    " jalan, dan yang sudah tersimpan tidak diulang."
)
SKP = Path(__file__).parents[2] / "bpmn" / "skp_collection.bpmn"


@pytest.fixture
def away(site):
    """``with away(): …``: meanwhile nobody can connect."""

    def refuse(*_):
        if site.db.connections.dialect.name == "postgresql":
            raise psycopg.OperationalError("connection refused")
        refusal = sqlite3.OperationalError("unable to open database file")
        refusal.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise refusal

    @contextmanager
    def absence() -> Iterator[None]:
        site.db.close()
        event.listen(site.db.connections, "do_connect", refuse)
        yield
        event.remove(site.db.connections, "do_connect", refuse)

    return absence


@pytest.mark.usefixtures("database_url")
@pytest.mark.parametrize(
    "path", ["/", "/cases", "/notices", "/profile", "/profile/data", "/profile/data/download"]
)
def test_a_page_says_that_the_database_is_lost_and_nobody_is_signed_out(site, away, path):
    visitor = site.visitor("staff")
    with away():
        page = visitor.get(path)
        assert (page.status, page.said) == (503, [SAID])
        assert page.title == "Tidak berhasil · Alur"
        assert page.headers["Retry-After"] == "5"
        assert page.headers["Cache-Control"] == "no-store"
        assert "Traceback" not in page.source
    assert visitor.get(path).status == 200


def test_other_errors_are_said_without_the_database_too(site, away):
    visitor = site.visitor("staff")
    with away():
        page = visitor.get("/tidak/ada")
    assert (page.status, page.said) == (404, ["Halaman ini tidak ada."])


def test_a_script_gets_the_sentence_alone_and_the_page_stays(site, away):
    task = site.task("Langkah_4")
    visitor = site.visitor("employee")
    with away():
        answer = visitor.script(task, {"keputusan": "setuju"})
    assert (answer.status, answer.said) == (503, [SAID])
    assert answer.headers["HX-Retarget"] == "#notice"


@pytest.mark.usefixtures("database_url")
def test_a_form_that_was_lost_is_sent_again_and_counts_once(site, away):
    task = site.task("Langkah_4")
    visitor = site.visitor("employee")
    form = {"keputusan": "setuju", "token": visitor.get(task).value("token")}
    with away():
        assert visitor.post(task, form).status == 503
    answers = [visitor.post(task, form) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]


def test_a_stranger_is_told_too_and_the_sign_in_page_needs_no_database(site, away):
    visitor = site.visitor()
    with away():
        assert visitor.get("/sign-in").status == 200
        page = visitor.sign_in("staff")
        assert (page.status, page.said) == (503, [SAID])
        assert visitor.get("/readyz").status == 503
        assert visitor.get("/healthz").status == 200
    assert visitor.sign_in("staff").status == 302


def test_a_command_says_it_in_one_line_and_fails(site, monkeypatch, capsys, tmp_path):
    def lost(*_):
        raise OperationalError("SELECT", {}, psycopg.OperationalError("the connection is lost"))

    monkeypatch.setattr(deployments, "full_report", lost)
    monkeypatch.setattr(os, "umask", lambda _: 0)  # which would stay for other tests
    monkeypatch.setenv("ALUR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ALUR_DATABASE_URL", site.db.url)
    monkeypatch.setattr(sys, "argv", ["alur", "deploy", str(SKP)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    logged, said = capsys.readouterr().err.splitlines()
    assert said == SAID
    assert logged.endswith("WARNING alur.database database lost: OperationalError")
