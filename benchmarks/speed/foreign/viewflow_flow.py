"""The procedure as viewflow draws it; loaded when Django has been set up (`viewflow_office`)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow.views import UpdateProcessView
from viewflow.workflow.models import Process

from benchmarks.speed import procedure

PEOPLE = {step: name for name, (_, steps) in procedure.LANES.items() for step in steps}


def _task(step: int) -> Any:
    """A task of a lane's one person, with a timer at its edge that does not interrupt it."""
    ahead = "end" if step == procedure.TASKS else f"task_{step + 1}"
    ahead = "decision" if step == procedure.DECIDED_AT else ahead
    task = flow.View(UpdateProcessView.as_view(fields=[])).Assign(username=PEOPLE[step])
    return task.OnTimeout(
        timedelta(days=1), getattr(this, f"late_{step}"), interrupting=False
    ).Next(getattr(this, ahead))


def _nodes() -> dict[str, Any]:
    """The procedure's nodes by name."""
    steps = range(1, procedure.TASKS + 1)
    decided = flow.If(lambda activation: activation.process.data["decision"] == "reject")
    back, ahead = f"task_{procedure.BACK_TO}", f"task_{procedure.DECIDED_AT + 1}"
    return {
        "start": flow.StartHandle().Next(this.task_1),
        **{f"task_{step}": _task(step) for step in steps},
        **{f"late_{step}": flow.End() for step in steps},
        "decision": decided.Then(getattr(this, back)).Else(getattr(this, ahead)),
        "end": flow.End(),
    }


# With the lock that its documentation advises.
LOCK = lock.select_for_update_lock if connection.vendor == "postgresql" else lock.no_lock
Procedure = type(flow.Flow)(
    "Procedure",
    (flow.Flow,),
    {"__module__": __name__, "process_class": Process, "lock_impl": LOCK, **_nodes()},
)
