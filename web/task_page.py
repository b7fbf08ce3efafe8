"""A task as its page shows it: its form with the draft or with what was sent, and what came before.

What is shown was noted before; a draft that saves itself reads less, and shows nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import MultiDict

from engine import (
    attachments,
    cases,
    comments,
    corrections,
    courses,
    deployments,
    drafts,
    logs,
    processing,
    worklist,
)
from engine.spiff.execution import Execution
from tasks import file_fields
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for, is_written, shown
from web import marks, record
from web.visit import database, me

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bpmn.diagram import Diagram, Node
    from bpmn.messages import Message
    from engine.drafts import Draft
    from engine.models import Attachment, Comment, WorkItem
    from tasks.forms import Shown


@dataclass(frozen=True)
class Task:
    """A task that somebody has before them: its step of the diagram and the data of its case.

    ``given`` is what was submitted, of one that is done; ``kept_files`` are the files of its case
    that answer fields.
    """

    item: WorkItem
    diagram: Diagram
    node: Node
    data: Mapping[str, Any]
    draft: Draft
    given: Mapping[str, Any] | None
    kept_files: Mapping[int, dict[str, Any]]

    @property
    def has_files(self) -> bool:
        """Whether files may come along with the form."""
        return bool(file_fields.of(self.node))

    @property
    def is_typed(self) -> bool:
        """Whether there is anything to fill in, and so to keep as a draft."""
        return bool(self.node.form) or is_written(self.node)

    def form(self, sent: MultiDict[str, str] | None = None) -> Form:
        """Its form: as it was sent, else as its draft has it, else prefilled."""
        draft: Any = self.given or self.draft.given
        if self.draft.fields is not None:
            draft = [*self._with_files(MultiDict(self.draft.fields)).items(multi=True)]
        sent = self._with_files(sent) if sent is not None else None
        case = self.item.instance
        around = Surroundings(database(), case.id, self.item.id, case.subject_id)
        return form_for(self.node, self.data, sent, draft, around)

    def _with_files(self, sent: MultiDict[str, str]) -> MultiDict[str, str]:
        return file_fields.with_files(self.node, sent, self.kept_files)


@dataclass(frozen=True)
class Page:
    """A task with all that its page shows; ``refused`` are files that were not taken, by field."""

    task: Task
    form: Form
    past: list[record.Step]
    states: dict[str, Any]
    saver: str | None
    comments: Sequence[Comment]
    attached: Sequence[Attachment]
    may_comment: bool
    refused: Mapping[str, Message] = field(default_factory=dict)

    @property
    def item(self) -> WorkItem:
        """The task itself."""
        return self.task.item

    @property
    def diagram(self) -> Diagram:
        """The drawn procedure of its case."""
        return self.task.diagram

    @property
    def node(self) -> Node:
        """Its step in the diagram."""
        return self.task.node

    @property
    def unsent(self) -> list[tuple[str | Message, Shown]]:
        """What was typed into a form that could no longer be sent."""
        return shown(self.node, self.form.values)


def task(item_id: int) -> Task:
    """A task for who does or did it; raises `NotFound` and `NotAllowed`."""
    with database().read() as session:
        item = worklist.item(session, me(), item_id)
        logs.learn(instance=item.instance_id)
        program = deployments.program_of(database(), item.instance)
        worklist.require_apart(session, me(), item, program.diagram)
        given = None
        if item.status == "open":  # what is open follows the present version
            node = program.diagram.nodes[item.element]
            data = Execution.load(program, item.instance.state).data_of(item.task)
        else:
            node = courses.of_case(session, item.instance_id, program.diagram).node(item)
            given = corrections.answers(session, item.instance_id).get(item.id)
            data = given or {}
        files = attachments.answers(session, item.instance_id) if file_fields.of(node) else {}
    return Task(item, program.diagram, node, data, drafts.of(item), given, files)


def page(
    item_id: int,
    sent: MultiDict[str, str] | None = None,
    refused: Mapping[str, Message] | None = None,
) -> Page:
    """The page of a task; raises `NotFound` and `NotAllowed`."""
    found = task(item_id)
    item = found.item
    act = processing.WORKED if item.status == "open" else processing.VIEWED
    processing.note(database(), me(), item.instance.subject_id, item.instance_id, act)
    with database().read() as session:
        work = cases.work(session, item.instance_id)
        submitted = corrections.answers(session, item.instance_id)
        corrected = corrections.of_case(session, item.instance_id)
        remarks = comments.of_case(session, item.instance_id)
        attached = attachments.attached(session, item.instance_id)
        may_comment = cases.may_comment(session, me(), item.instance)
        saver = drafts.saver(session, found.draft)
        course = courses.of_case(session, item.instance_id, found.diagram)
    others = [w for w in work if w.id != item.id]
    return Page(
        task=found,
        form=found.form(sent),
        past=record.steps(course, others, submitted, corrected),
        states=marks.of_work(found.diagram, work, item.instance.status),
        saver=saver,
        comments=remarks,
        attached=attached,
        may_comment=may_comment,
        refused=refused or {},
    )
