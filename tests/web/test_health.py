"""What whoever watches over the server is told: that it lives, and that it can work."""

import pytest
from sqlalchemy import text

from engine.database import Database
from engine.settings import Settings
from engine.worker import Worker
from web.app import create_app


@pytest.fixture
def worker(site) -> Worker:
    """A worker of the server's own, not started yet."""
    worker = Worker(site.db, {})
    site.app.extensions["alur-worker"] = worker
    return worker


def told(visitor, path: str) -> tuple[int, dict]:
    answer = visitor.client.get(path)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json


@pytest.mark.usefixtures("database_url")
def test_a_server_with_its_database_lives_and_can_work_without_a_sign_in(site):
    visitor = site.visitor()
    visitor.client.delete_cookie("alur")
    assert told(visitor, "/healthz") == (200, {"status": "ok"})
    assert told(visitor, "/readyz") == (200, {"status": "ok", "database": True, "worker": True})


def test_a_working_worker_makes_it_ready_and_a_stopped_one_does_not(site, worker):
    visitor = site.visitor()
    assert told(visitor, "/readyz")[0] == 503
    worker.start()
    try:
        assert told(visitor, "/readyz") == (200, {"status": "ok", "database": True, "worker": True})
    finally:
        worker.stop()
    unavailable = {"status": "unavailable", "database": True, "worker": False}
    assert told(visitor, "/readyz") == (503, unavailable)
    assert told(visitor, "/healthz")[0] == 200


def test_a_worker_that_is_stuck_is_no_worker(site, worker, monkeypatch):
    worker.start()
    try:
        monkeypatch.setattr("engine.worker.PATIENCE", 0.0)
        assert told(site.visitor(), "/readyz")[1]["worker"] is False
    finally:
        worker.stop()


@pytest.mark.usefixtures("database_url")
def test_a_database_of_another_release_is_not_ready(site):
    with site.db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.execute(text("UPDATE installation SET oldest = '9999'"))
    unavailable = {"status": "unavailable", "database": False, "worker": True}
    assert told(site.visitor(), "/readyz") == (503, unavailable)


def test_a_server_whose_database_is_away_lives_and_says_so(tmp_path):
    db = Database(f"sqlite:///{tmp_path / 'tidak-ada' / 'alur.db'}")
    client = create_app(Settings(tmp_path / "home", db.url), db).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, False)
    assert str(tmp_path) not in answer.text
    db.close()
