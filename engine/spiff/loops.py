"""Activities that are done several times: standard loops and many instances (BPMN 2.0, 10.2.8).

Each time is a child task with data of its own. What it writes goes back to the activity, but never
what was only its own: the item, and the counters of the loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from bpmn.diagram import COUNTERS, Loop
from bpmn.messages import message
from engine import expressions
from engine.errors import StepFailed
from engine.spiff.foresight import Nearsighted
from engine.spiff.joins import same, write

if TYPE_CHECKING:
    from SpiffWorkflow.task import Task

CHILD = " [child]"  # behind the name of an activity that is one time of a loop
_MISSING = object()


class Repeated(Nearsighted, LoopTask, BpmnSpecMixin):
    """What all loops share. The tasks of the single times are named ``<id> [child]``."""

    def __init__(self, wf_spec: Any, bpmn_id: str, loop: Loop, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.loop = loop
        self.task_spec = ""
        self.own_names = frozenset(filter(None, (*COUNTERS, loop.item, loop.output_item)))

    def _update_hook(self, my_task: Task) -> bool:
        self._predict_hook(my_task)  # the way out comes before the single times
        super()._update_hook(my_task)
        my_task.internal_data["done"] = []
        for name in self.own_names:
            my_task.data.pop(name, None)
        if self.begin(my_task):
            my_task._set_state(TaskState.STARTED)
            return False
        return self._end(my_task)

    def begin(self, my_task: Task) -> bool:
        """Starts the first times; whether there are any."""
        raise NotImplementedError

    def next(self, my_task: Task, child: Task) -> bool:
        """What a time that is over leads to; whether the activity goes on."""
        raise NotImplementedError

    def merge_child(self, _workflow: Any, child: Task) -> None:
        """Called when a child task is completed."""
        my_task = child.parent
        my_task.internal_data["done"].append(child.id)
        if not self.next(my_task, child):
            self._end(my_task)
            my_task._set_state(TaskState.READY)

    def add(self, my_task: Task, own: dict[str, Any]) -> None:
        """Starts one more time, which sees ``own`` beside the data of the activity."""
        spec = my_task.workflow.spec.task_specs[self.task_spec]
        child = my_task._add_child(spec, TaskState.WAITING)
        child.triggered = True
        child.data.update(own)
        spec._update(child)

    def keep(self, my_task: Task, child: Task, before: dict[str, Any]) -> None:
        """Takes over what a child has written since it had the data ``before``."""
        kept = child.internal_data.get("kept", ())
        given = {
            name: value
            for name, value in child.data.items()
            if name in kept or not same(before.get(name, _MISSING), value)
        }
        write(my_task, {n: v for n, v in given.items() if n not in self.own_names})

    def hide(self, my_task: Task, data: dict[str, Any]) -> None:
        """Takes out of data, seen from outside, what is only known inside while it goes on."""
        outer = my_task.parent.data
        for name in (*self.own_names, self.loop.output or ""):
            data.pop(name, None)
            if name in outer:
                data[name] = outer[name]

    def _end(self, my_task: Task) -> bool:
        """The names that were hidden while it went on mean again what they meant before."""
        outer = my_task.parent.data
        my_task.data.update({n: outer[n] for n in self.own_names if n in outer})
        return True


class StandardLoop(Repeated):
    """Goes on while its condition holds (10.2.8, Table 10.27)."""

    def begin(self, my_task: Task) -> bool:
        if self.loop.test_before and not self._holds(my_task, 0):
            return False
        self.add(my_task, {"loopCounter": 0})
        return True

    def next(self, my_task: Task, child: Task) -> bool:
        self.keep(my_task, child, my_task.data)
        count = len(my_task.internal_data["done"])
        if not self._holds(my_task, count):
            return False
        self.add(my_task, {"loopCounter": count})
        return True

    def _holds(self, my_task: Task, count: int) -> bool:
        if self.loop.maximum is not None and count >= int(self.loop.maximum):
            return False
        names = my_task.data | {"loopCounter": count}
        return self.loop.condition is None or bool(expressions.evaluate(self.loop.condition, names))


class ManyInstances(Repeated):
    """One time for each item of a collection, or as many as a number says (Table 10.29)."""

    def items(self, my_task: Task) -> list[Any]:
        """The items, kept with the task: what is done to the collection later changes nothing."""
        found: list[Any] = my_task.internal_data["items"]
        return found

    def begin(self, my_task: Task) -> bool:
        my_task.internal_data["items"] = self._found(my_task)
        if self.loop.output:
            my_task.data[self.loop.output] = []
        return self.start_first(my_task)

    def start_first(self, my_task: Task) -> bool:
        """Starts the first one, or all; whether there is any."""
        raise NotImplementedError

    def add_instance(self, my_task: Task, place: int) -> None:
        """Starts the instance of an item."""
        items = self.items(my_task)
        own = {"loopCounter": place, "nrOfInstances": len(items)}
        if self.loop.item:
            own[self.loop.item] = items[place]
        self.add(my_task, own)

    def is_enough(self, my_task: Task, child: Task, active: int) -> bool:
        """Whether the completion condition holds, seen from the instance that is just over."""
        if self.loop.condition is None:
            return False
        done = len(my_task.internal_data["done"])
        counters = {"nrOfActiveInstances": active, "nrOfCompletedInstances": done}
        seen = (
            child.data
            | my_task.data
            | {n: child.data[n] for n in self.own_names & child.data.keys()}
        )
        return bool(expressions.evaluate(self.loop.condition, seen | counters))

    def gather(self, my_task: Task) -> None:
        """Collects the results of the completed instances in the order of their items."""
        if not self.loop.output:
            return
        done = (c for c in self._instances(my_task) if c.state == TaskState.COMPLETED)
        in_order = sorted(done, key=lambda child: child.data.get("loopCounter", 0))
        results = [child.data.get(self.loop.output_item) for child in in_order]
        my_task.data[self.loop.output] = results

    def _found(self, my_task: Task) -> list[Any]:
        text = self.loop.collection or self.loop.cardinality or ""
        value = expressions.evaluate(text, my_task.data)
        if self.loop.collection is None and isinstance(value, int) and not isinstance(value, bool):
            value = list(range(value))
        if not isinstance(value, list):
            said = message('"{name}": perulangan memerlukan daftar atau bilangan.', name=self.name)
            raise StepFailed(said)
        return value


class ParallelInstances(ManyInstances):
    """All at once."""

    def start_first(self, my_task: Task) -> bool:
        for place in range(len(self.items(my_task))):
            self.add_instance(my_task, place)
        return bool(self.items(my_task))

    def next(self, my_task: Task, child: Task) -> bool:
        self.keep(my_task, child, my_task.parent.data)
        self.gather(my_task)
        left = [c for c in self._instances(my_task) if not c.has_state(TaskState.FINISHED_MASK)]
        if not left or self.is_enough(my_task, child, len(left)):
            my_task.workflow.top_workflow.withdraw(*left)
            return False
        return True


class SequentialInstances(ManyInstances):
    """One after the other."""

    def start_first(self, my_task: Task) -> bool:
        if self.items(my_task):
            self.add_instance(my_task, 0)
        return bool(self.items(my_task))

    def next(self, my_task: Task, child: Task) -> bool:
        self.keep(my_task, child, my_task.data)
        self.gather(my_task)
        place = len(my_task.internal_data["done"])
        if place >= len(self.items(my_task)) or self.is_enough(my_task, child, 0):
            return False
        self.add_instance(my_task, place)
        return True


_KINDS: dict[str, type[Repeated]] = {
    "standard": StandardLoop,
    "parallel": ParallelInstances,
    "sequential": SequentialInstances,
}


def repeated(wf_spec: Any, bpmn_id: str, loop: Loop) -> Repeated:
    """The spec of an activity that is done several times."""
    return _KINDS[loop.kind](wf_spec, bpmn_id, loop, description="Loop")
