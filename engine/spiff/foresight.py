"""How far SpiffWorkflow looks ahead: not at all.

It foresees all that will surely come, which has no end where ways that split for sure lead back,
and costs space for what may never be reached. Here a task gets its children when it is run: half
of the tasks that a step would make, load and store are never made.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.specs.base import TaskSpec


class Nearsighted(TaskSpec):
    """A spec whose tasks have no ways out before they are run."""

    def _predict(
        self, my_task: Any, seen: Any = None, looked_ahead: int = 0, mask: int = 0
    ) -> None:
        """Nothing is foreseen."""

    def _on_ready(self, my_task: Any) -> None:
        """Without asking of each task anew what the compiler has made sure of."""
        self._on_ready_hook(my_task)

    def _run(self, my_task: Any) -> Any:
        if not my_task._children:
            self._predict_hook(my_task)
        return super()._run(my_task)


def nearsighted(kind: type[TaskSpec]) -> type[TaskSpec]:
    """The same kind of spec, looking no further than its own step."""
    return type(kind.__name__, (Nearsighted, kind), {})
