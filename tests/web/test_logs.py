"""What the servers say of each request and job: ids and numbers, in text or as JSON."""

import json
import logging
import signal

import pytest

from engine import logs, worklist
from engine.errors import InvalidInput
from engine.settings import Settings, log_style
from web.app import create_app


@pytest.fixture
def lines(capsys):
    """``lines()``: what has been written to stderr as JSON since, as objects."""
    with logs.written("json"):
        yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_is_one_line_by_its_route(site, lines):
    case = site.start()
    visitor = site.visitor("staff")
    lines()
    page = visitor.get(f"/cases/{case}?q=rahasia")
    (line,) = lines()
    assert line["logger"] == "alur.requests"
    assert (line["level"], line["message"]) == ("INFO", "request")
    assert (line["method"], line["route"]) == ("GET", "/cases/<int:instance_id>")
    assert (line["status"], line["instance"]) == (200, case)
    assert line["request"] == page.headers["X-Request-ID"]
    assert line["ms"] >= 0
    assert line["time"].endswith("+00:00")
    assert "rahasia" not in json.dumps(line)


def test_a_request_for_a_task_names_its_case(site, lines):
    case = site.start()
    visitor = site.visitor("staff")
    lines()
    visitor.get(f"/tasks/{site.item(case).id}")
    (line,) = lines()
    assert line["instance"] == case


def test_each_refusal_has_its_line(site, lines):
    visitor = site.visitor("staff")
    lines()
    visitor.get("/tidak/ada/Budi")
    visitor.post("/sign-out", {"csrf_token": ""})
    told = [(line["route"], line["status"]) for line in lines()]
    assert told == [("-", 404), ("/sign-out", 400)]


def test_good_answers_to_watchers_are_no_news(site, lines):
    visitor = site.visitor()
    lines()
    visitor.get("/healthz")
    assert lines() == []
    visitor.get("/metrics")
    assert [line["status"] for line in lines()] == [404]


def test_a_fault_shows_its_number_and_logs_where_it_was_and_not_what_it_said(
    site, lines, monkeypatch
):
    def fail(*_):
        raise ZeroDivisionError("rahasia")

    monkeypatch.setattr(worklist, "mine", fail)
    visitor = site.visitor("staff")
    lines()
    page = visitor.get("/?after=1")
    number = page.headers["X-Request-ID"]
    assert f"Sebutkan nomor ini kepada administrator: {number}" in page.text
    fault, request = lines()
    assert (fault["level"], fault["request"]) == ("ERROR", number)
    assert fault["trace"][0] == "ZeroDivisionError"
    assert "inbox" in " ".join(fault["trace"])
    assert request["status"] == 500
    assert "rahasia" not in json.dumps([fault, request])
    script = visitor.script("/tasks/1")
    assert "Sebutkan nomor" not in script.text


def test_what_led_to_an_error_is_told_without_its_words():
    try:
        try:
            raise KeyError("Budi")
        except KeyError as error:
            raise ValueError("Budi lagi") from error
    except ValueError as error:
        told = logs.trace(error)
    assert [line for line in told if ":" not in line] == ["ValueError", "KeyError"]
    assert "Budi" not in " ".join(told)


def test_text_is_one_line_with_its_facts(capsys):
    with logs.written("text"), logs.about(request="abc", instance=None):
        logging.getLogger("alur.test").info("done", extra=logs.facts(ms=3))
        logs.learn(instance=7)
        logging.getLogger("elsewhere").warning("lost %s", "it")
    first, second = capsys.readouterr().err.splitlines()
    assert first.partition(" ")[2] == "INFO alur.test done request=abc ms=3"
    assert second.partition(" ")[2] == "WARNING elsewhere lost it request=abc instance=7"


def test_outside_of_a_request_there_is_nothing_to_be_about(capsys):
    with logs.written("text"):
        logs.learn(instance=7)
        logging.getLogger("alur.test").info("done")
    logging.getLogger("alur.test").info("not written")
    assert capsys.readouterr().err.partition(" ")[2] == "INFO alur.test done\n"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("trace-0123456789", True), ("short", False), ("x" * 65, False), ("nama Budi 12", False)],
)
def test_a_number_is_a_trusted_proxys_or_our_own(site, tmp_path, given, kept):
    behind = create_app(Settings(tmp_path / "other", site.db.url, proxies=1), site.db)
    for app, trusted in ((behind, True), (site.app, False)):
        answer = app.test_client().get("/healthz", headers={"X-Request-ID": given})
        assert (answer.headers["X-Request-ID"] == given) is (kept and trusted)
        assert len(answer.headers["X-Request-ID"]) >= 8


def test_the_style_is_text_or_json():
    assert log_style({}) == "text"
    assert log_style({"ALUR_LOG": "json"}) == "json"
    with pytest.raises(InvalidInput, match="ALUR_LOG"):
        log_style({"ALUR_LOG": "xml"})


def test_a_server_writes_requests_and_jobs_as_json(environment, serve, site, database_url):
    environment["ALUR_LOG"] = "json"
    server = serve(site.db.url)
    assert server.answers("/sign-in?next=/rahasia")
    server.wait_for_line('"job done"')
    told = [json.loads(line) for line in server.end(signal.SIGTERM).splitlines()]
    request = next(line for line in told if line["logger"] == "alur.requests")
    assert (request["route"], request["status"]) == ("/sign-in", 200)
    job = next(line for line in told if line["logger"] == "alur.worker")
    assert (job["message"], job["attempts"]) == ("job done", 1)
    assert job["kind"] in ("retain", "seal")  # the rounds, in whichever order
    assert {"job", "ms", "late"} <= set(job)
