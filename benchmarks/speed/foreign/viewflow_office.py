"""django-viewflow as a contestant, in a Python of its own (see `benchmarks.speed.peers`).

The same eight tasks, decision and timers as a flow class, what is filled in in the process's JSON,
and the history that viewflow keeps of itself: its task rows. A completion is what its own view does
between request and answer: the task read anew, its activation under the flow's lock, the process
saved, `execute`. Arguments: the URL of an empty database.

viewflow is under the AGPL: it is measured against, and never part of what is shipped.
"""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.core.management import call_command

from benchmarks.speed import contests, procedure
from benchmarks.speed.contests import Turn


def database(url: str) -> dict[str, Any]:
    """Django's settings for a database; SQLite as its documentation says for servers."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        begun = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        options = {"init_command": begun, "transaction_mode": "IMMEDIATE", "timeout": 30}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path[1:], "OPTIONS": options}
    host = parse_qs(parts.query)["host"][0]
    return {
        "ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": "postgres",
        "HOST": host, "CONN_MAX_AGE": None,
    }  # fmt: skip


settings.configure(
    DATABASES={"default": database(sys.argv[1])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "viewflow", "viewflow.workflow",
        "benchmarks.speed.foreign",
    ],
    SECRET_KEY="measured",  # noqa: S106 - nothing is signed with it
    USE_TZ=True,
)  # fmt: skip
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - these need the settings
from viewflow.workflow.models import Process, Task  # noqa: E402
from viewflow.workflow.status import PROCESS, STATUS  # noqa: E402

from benchmarks.speed.foreign.viewflow_flow import Procedure  # noqa: E402


def play(cases: int, turn: Turn) -> None:
    """Plays cases from beginning to end."""
    for case in [Procedure.start.run().pk for _ in range(cases)]:
        for _, given in procedure.way():
            open_task = Task.objects.get(process_id=case, status=STATUS.ASSIGNED)
            user = User.objects.get(pk=open_task.owner_id)
            with turn.one():
                complete(open_task.pk, user, given)
        assert Process.objects.get(pk=case).status == PROCESS.DONE


def complete(task_id: int, user: User, given: dict[str, Any]) -> None:
    """Completes a task as viewflow's own view does."""
    task = Task.objects.select_related("process").get(pk=task_id)
    with task.activation() as activation:
        if not activation.start.has_perm(user):
            raise PermissionError(task_id)
        activation.start(SimpleNamespace(user=user))
        activation.process.data.update(given)
        activation.process.save()
        activation.execute()


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    for name in procedure.LANES:
        User.objects.create(username=name)
    contests.take_part(play)
