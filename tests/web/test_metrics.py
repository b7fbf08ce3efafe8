"""The measures on the web: for who knows the token."""

import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from engine.errors import InvalidInput
from engine.settings import Settings
from web.app import create_app

TOKEN = "rahasia-pemantau-1"


def client(site, tmp_path, token=TOKEN):
    return create_app(
        Settings(tmp_path / "metrics", site.db.url, metrics_token=token), site.db
    ).test_client()


def read(client, token=TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def test_the_measures_are_served_to_who_knows_the_token(site, tmp_path):
    case = site.start()
    asking = client(site, tmp_path)
    asking.get(f"/cases/{case}")
    answer = read(asking)
    assert answer.status_code == 200
    found = {one.name: one for one in text_string_to_metric_families(answer.text)}
    (running,) = found["alur_instances"].samples
    assert (running.labels, running.value) == (
        {"process": "skp_collection", "status": "running"}, 1,
    )  # fmt: skip
    routes = {sample.labels["route"] for sample in found["alur_requests_seconds"].samples}
    assert "/cases/<int:instance_id>" in routes
    assert not any(str(case) == part for route in routes for part in route.split("/"))


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer rahasia-pemantau-", TOKEN, "Bearer é"])
def test_without_the_token_there_is_no_such_page(site, tmp_path, given):
    answer = client(site, tmp_path).get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 404
    assert "alur_" not in answer.text


@pytest.mark.parametrize("given", ["Bearer ", "Bearer None", "Bearer " + TOKEN])
def test_where_no_token_is_set_there_is_no_such_page(site, tmp_path, given):
    answer = client(site, tmp_path, token=None).get("/metrics", headers={"Authorization": given})
    assert answer.status_code == 404


@pytest.mark.parametrize("token", ["pendek", "é" * 20, "a\nb" * 10])
def test_a_token_that_is_none_ends_the_start_and_stays_unsaid(token):
    with pytest.raises(InvalidInput) as raised:
        Settings.from_environment({"ALUR_METRICS_TOKEN": token})
    assert token not in str(raised.value)


def test_a_worker_serves_them_on_its_own_machine(site, environment):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [Path(sys.prefix) / "bin" / "alur", "worker"],
        env=environment | {"ALUR_DATABASE_URL": site.db.url, "ALUR_METRICS_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert process.stdout.readline().startswith("Alur")
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            assert "alur_open_tasks" in answer.read().decode()
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0
