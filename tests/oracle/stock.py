"""SpiffWorkflow as it comes: a case on it, told in the same words as one on Alur."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.event_definitions.item_aware_event import CodeEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from engine.spiff.joins import EdgeJoin, TokenJoin
from engine.spiff.loops import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_REACHED = TaskState.PREDICTED_MASK | TaskState.FUTURE
HELD = TaskState.WAITING | TaskState.CANCELLED
CHILD = " [child]"
PAST = "2000-01-01T00:00:00+00:00"


class Stock:
    """A case on SpiffWorkflow, which stores its whole self, specification included."""

    def __init__(self, key: str, data: dict[str, Any], *sources: bytes) -> None:
        parser = BpmnParser()
        for source in sources:
            parser.add_bpmn_xml(in_plain_python(source))
        self.serializer = BpmnWorkflowSerializer()
        self.workflow = BpmnWorkflow(parser.get_spec(key), parser.get_subprocess_specs(key))
        self.workflow.task_tree.data.update(data)
        self._run()

    def store(self) -> None:
        stored = self.serializer.serialize_json(self.workflow)
        self.workflow = self.serializer.deserialize_json(stored)

    def waiting(self) -> list[str]:
        """The nodes that wait for a person or an event."""
        return sorted(_element(task) for task in self._waiting())

    def do(self, element: str, given: dict[str, Any]) -> None:
        """The oldest task of a node is done, or its event happens."""
        found = [task for task in self._waiting() if _element(task) == element]
        assert found, element
        task = min(found, key=lambda one: one.last_state_change)
        if task.state == TaskState.READY:
            task.data.update(given)
            task.run()
        elif isinstance(task.task_spec.event_definition, TimerEventDefinition):
            task._set_internal_data(event_value=PAST)
        else:
            task._set_internal_data(event_fired=True)
            task.task_spec._update(task)
        self._run()

    def _run(self) -> None:
        for _ in range(3):  # what has happened in a subprocess moves what is around it
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps()

    def _waiting(self) -> Iterator[Any]:
        yield from self.workflow.get_tasks(state=TaskState.READY, manual=True)
        for task in self.workflow.get_tasks(state=TaskState.WAITING):
            if isinstance(task.task_spec, CatchingEvent) and not isinstance(
                task.task_spec.event_definition, CodeEventDefinition
            ):  # who catches an error or an escalation does not wait for it
                yield task


def seen(workflow: Any) -> dict[str, Any]:
    """The tokens of each level with their data, and whether the case has ended with what."""
    levels = (workflow, *workflow.subprocesses.values())
    tokens = [token for level in levels for token in _tokens(level)]
    return {
        "tokens": sorted(tokens, key=repr),
        "ended": workflow.is_completed(),
        "data": _plain(workflow.data),
    }


def _tokens(level: Any) -> Iterator[tuple[Any, ...]]:
    for task in level.tasks.values():
        # What is only foreseen is no token, nor is what stands behind an activity's edge.
        if task.state & NOT_REACHED or isinstance(task.task_spec, BoundaryEventJoin | EdgeJoin):
            continue
        joins = isinstance(task.task_spec, UnstructuredJoin | TokenJoin)
        if joins and task.state & HELD:
            # Of several tokens that wait at a join, stock keeps the newest and cancels the others;
            # what they know is with the tasks before them.
            yield level.spec.name, _path(task), "ARRIVED", {}
        else:
            yield level.spec.name, _path(task), TaskState.get_name(task.state), _plain(task.data)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Data without what only Camunda's dialect and ours have: the counters of loops."""
    return {name: data[name] for name in sorted(data) if name not in (*COUNTERS, "data_objects")}


def _path(task: Any) -> str:
    names = []
    while task is not None:
        # Of what is called, the names are Alur's own: "key:id".
        names.append(task.task_spec.name.rpartition(":")[2])
        task = task.parent
    return "/".join(reversed(names))


def _element(task: Any) -> str:
    return str(task.task_spec.name).removesuffix(CHILD)


def in_plain_python(source: bytes) -> etree._Element:
    """The process for stock: no Camunda spelling, quoted timers, and no message it cannot send.

    A service is to stock what a person does; a message that is thrown never comes back (Alur hands
    it to a topic).
    """
    root = etree.fromstring(source)
    for name in ("conditionExpression", "completionCondition", "loopCondition"):
        for condition in root.iter(f"{{*}}{name}"):
            condition.text = (condition.text or "").removeprefix("${").removesuffix("}")
    for duration in root.iter("{*}timeDuration"):
        duration.text = f'"{duration.text}"'
    for extension in list(root.iter("{*}extensionElements")):
        extension.getparent().remove(extension)
    for service in root.iter("{*}serviceTask"):
        service.tag = service.tag.replace("serviceTask", "userTask")
    for message in list(root.iter("{*}messageEventDefinition")):
        thrown = message.getparent().tag.rpartition("}")[2] in (
            "endEvent",
            "intermediateThrowEvent",
        )
        if thrown or not message.get("messageRef"):
            message.getparent().remove(message)
    return root
