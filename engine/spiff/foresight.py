"""How far SpiffWorkflow looks ahead: to the next step only.

It foresees all that will surely come, which has no end where ways that split for sure lead back,
and costs space for what may never be reached. Here a task gets its children once it is reached.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.util.task import TaskState


class Nearsighted(TaskSpec):
    """A spec whose tasks foresee their own ways out, and nothing behind those."""

    def _predict(
        self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0
    ) -> None:
        if my_task.has_state(mask or TaskState.PREDICTED_MASK):
            self._predict_hook(my_task)

    def _on_ready(self, my_task: Any) -> None:
        """Without asking of each task anew what the compiler has made sure of."""
        self._on_ready_hook(my_task)

    def _update(self, my_task: Any) -> None:
        if not my_task._children and my_task.has_state(TaskState.DEFINITE_MASK):
            self._predict_hook(my_task)
        super()._update(my_task)


def nearsighted(kind: type[TaskSpec]) -> type[TaskSpec]:
    """The same kind of spec, looking no further than the next step."""
    return type(kind.__name__, (Nearsighted, kind), {})
