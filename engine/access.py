"""Who may do what: the one place that decides, and the default is no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import true

from bpmn.actors import parse_actor
from bpmn.messages import message
from engine import absences, people
from engine.errors import NotAllowed
from engine.models import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from bpmn.diagram import Diagram
    from engine.models import Campaign, Instance, MassAct, Person, Sketch, SopImport
    from engine.people import Actor

EVERYBODY = None


def may_administer(actor: Actor) -> bool:
    """Administrators keep the directory, duties, sign-ins and how long records are kept."""
    return actor.is_administrator


def may_audit(actor: Actor) -> bool:
    """Auditors read every case and every record of the office, and change nothing."""
    return actor.is_auditor


def may_read_journal(actor: Actor) -> bool:
    """The office's own record, and how all is sealed, is read by administrators and auditors."""
    return may_administer(actor) or may_audit(actor)


def may_deploy(actor: Actor) -> bool:
    """Analysts draw, check, try, deploy and publish diagrams, and move running cases.

    Of a case they see no more than which steps are open.
    """
    return actor.is_analyst


def require_analyst(actor: Actor) -> None:
    """Raises `NotAllowed` for everybody else."""
    if not may_deploy(actor):
        raise NotAllowed(message("Halaman ini untuk analis proses."))


def may_draw(actor: Actor, sketch: Sketch) -> bool:
    """A sketch is its analyst's own; others see what is deployed of it."""
    return actor.is_analyst and sketch.person_id == actor.id


def may_import(actor: Actor, found: SopImport) -> bool:
    """A table on its way to a diagram is its analyst's own, as the sketch it becomes."""
    return actor.is_analyst and found.person_id == actor.id


def may_work(actor: Actor, person_id: int | None, group_id: int | None, subject_id: int) -> bool:
    """A task is done by its person or, until someone has it, by anyone of its group.

    Whoever stands in for its person does it too, but nothing that the case asks of its own
    employee, its ``subject_id``: what is about oneself one answers oneself.
    """
    if person_id is None:
        return group_id in actor.groups
    return person_id == actor.id or (person_id in actor.stands_in and person_id != subject_id)


def may_sign(actor: Actor, person_id: int, subject_id: int) -> bool:
    """A document is signed by whom it names, or by who stands in for them and signs as themselves.

    Nobody signs for the employee whom the case is about.
    """
    return may_work(actor, person_id, None, subject_id)


def is_concerned(
    actor: Actor,
    instance: Instance,
    roles: Iterable[Role],
    workers: Iterable[int],
    superiors: Callable[[], frozenset[int]],
) -> bool:
    """A case concerns who takes or took part in it, and those above its employee.

    Those are its employee's ``superiors``, up to the highest, and the unit's supervisors. Whom it
    concerns may comment on it, bring files to it and ask for its record sheet.
    """
    takes_part = actor.id in (instance.subject_id, instance.starter_id, *workers) or any(
        may_work(actor, role.person_id, role.group_id, instance.subject_id) for role in roles
    )
    return takes_part or may_supervise(actor, instance) or actor.id in superiors()


def may_look_over(actor: Actor) -> bool:
    """The list of all cases is for supervisors, of their units, and for auditors, of the office."""
    return bool(actor.supervises) or may_audit(actor)


def require_overseer(actor: Actor) -> None:
    """Raises `NotAllowed` for everybody else."""
    if not may_look_over(actor):
        raise NotAllowed(message("Halaman ini untuk pengawas unit dan auditor."))


def may_read_monitoring(actor: Actor) -> bool:
    """Monitoring sheets tell of steps and units alone: analysts, who see no case, read them too."""
    return may_look_over(actor) or may_deploy(actor)


def may_monitor(actor: Actor, unit_id: int) -> bool:
    """A unit's sheets are made, judged and signed by its supervisors, or who acts in their place.

    Auditors and analysts read them, and so does who supervises a unit above.
    """
    return unit_id in actor.supervises


def in_monitoring(actor: Actor, unit_id: Any) -> ColumnElement[bool]:
    """Whose sheets may be read, of a column of units: for lists."""
    return true() if may_deploy(actor) else in_view(actor, unit_id)


def may_supervise(actor: Actor, instance: Instance) -> bool:
    """Supervisors see the cases of employees of their unit and the units below."""
    return instance.subject.unit_id in actor.supervises


def require_mass_acts(actor: Actor) -> None:
    """Supervisors order one act for many cases; of each it is decided again when it is done.

    Raises `NotAllowed` for everybody else.
    """
    if not actor.supervises:
        raise NotAllowed(message("Halaman ini untuk pengawas unit."))


def may_read_mass_act(actor: Actor, act: MassAct) -> bool:
    """Who ordered such an act reads what came of it while they look over cases; auditors any."""
    return may_audit(actor) or (may_look_over(actor) and act.person_id == actor.id)


def may_order_campaigns(actor: Actor) -> bool:
    """A process is started for many by administrators, and by supervisors for their units."""
    return may_administer(actor) or bool(actor.supervises)


def require_campaigns(actor: Actor) -> None:
    """Raises `NotAllowed` for everybody else; `in_keeping` says for whom."""
    if not may_order_campaigns(actor):
        raise NotAllowed(message("Halaman ini untuk pengawas unit dan administrator."))


def may_start_for(actor: Actor, unit_id: int) -> bool:
    """A campaign starts cases about the employees of a unit when its orderer may."""
    return may_administer(actor) or unit_id in actor.supervises


def is_starter(actor: Actor, diagram: Diagram) -> bool:
    """Whether who orders a campaign becomes the starter of its cases, who may look into them.

    Not an administrator, who sees no case, unless the procedure gives its starter a part in it.
    """
    rules = (parse_actor(place.actor) for place in diagram.places.values())
    has_part = diagram.start_form is not None or any(r and r.origin == "starter" for r in rules)
    return has_part or not may_administer(actor)


def may_read_campaign(actor: Actor, campaign: Campaign) -> bool:
    """How far a campaign is, is read by who may direct it, and by auditors."""
    return may_audit(actor) or may_direct_campaign(actor, campaign)


def may_direct_campaign(actor: Actor, campaign: Campaign) -> bool:
    """Who ordered a campaign directs it while they may order one; an administrator any."""
    own = campaign.person_id == actor.id and bool(actor.supervises)
    return may_administer(actor) or own


def is_above(actor: Actor, instance: Instance, unit_id: int) -> bool:
    """Whether a campaign's page leads on to a case of an employee of a unit: for who looks over it.

    Whoever started it may see it too; others who may find it in their own lists.
    """
    looks_over = may_audit(actor) or unit_id in actor.supervises
    return looks_over or instance.starter_id == actor.id


def may_correct(actor: Actor, instance: Instance) -> bool:
    """What was submitted is put right by a supervisor above the employee, never by themselves."""
    return may_supervise(actor, instance) and actor.id != instance.subject_id


def may_decide(actor: Actor, superior_id: int | None, sides: Collection[int]) -> bool:
    """A disagreement is decided by the superior of one side, or by who acts in their post.

    Who is on a side of it, or whom the case is about, decides nothing.
    """
    if superior_id is None or superior_id in sides or actor.id in sides:
        return False
    return actor.id == superior_id or actor.stands_in.get(superior_id) in absences.ACTING


def may_mend(actor: Actor, instance: Instance | None) -> bool:
    """What failed is mended by a supervisor above its employee, or an administrator."""
    return actor.is_administrator or (instance is not None and may_supervise(actor, instance))


def may_reassign(actor: Actor, instance: Instance) -> bool:
    """A supervisor above the employee, or an administrator, gives a place of a case to another."""
    return actor.is_administrator or may_supervise(actor, instance)


def may_arrange(actor: Actor) -> bool:
    """Who stands in for whom, and takes over cases, is for administrators and supervisors."""
    return actor.is_administrator or bool(actor.supervises)


def may_substitute(actor: Actor, absent: Person) -> bool:
    """A substitute is set by a supervisor of the absent person's unit, or an administrator."""
    return actor.is_administrator or absent.unit_id in actor.supervises


def in_keeping(actor: Actor, unit_id: Any) -> ColumnElement[bool]:
    """What `may_substitute` and `may_reassign` say, of a column of units: for lists."""
    return true() if actor.is_administrator else unit_id.in_(actor.supervises)


def in_view(actor: Actor, unit_id: Any) -> ColumnElement[bool]:
    """What `may_supervise` and `may_audit` say, of a column of units: for lists."""
    return true() if may_audit(actor) else unit_id.in_(actor.supervises)


def may_pass_on(actor: Actor, unit_ids: Iterable[int]) -> bool:
    """With a post goes its duty over units, which nobody passes on who has it not themselves."""
    return actor.is_administrator or actor.supervises.issuperset(unit_ids)


def may_edit_calendar(actor: Actor, unit_id: int) -> bool:
    """A unit's calendar is kept by the supervisors above it, or an administrator."""
    return actor.is_administrator or unit_id in actor.supervises


def may_cancel(actor: Actor, instance: Instance) -> bool:
    """A running case is cancelled by its starter or a supervisor above its employee."""
    return actor.id == instance.starter_id or may_supervise(actor, instance)


def startable_subjects(session: Session, actor: Actor, diagram: Diagram) -> frozenset[int] | None:
    """For whom a person may start a case: the ids of employees, or `EVERYBODY`.

    Cases are started by whoever does their first task; not at all where a timer starts them.
    """
    if diagram.timer_start is not None:
        return frozenset()
    subjects: frozenset[int] = frozenset()
    for place in filter(None, (diagram.place(task) for task in diagram.first_tasks)):
        rule = parse_actor(place.actor)
        if rule is None:
            continue
        if (
            (rule.origin == "starter" and rule.level == 0)
            or (rule.origin == "group" and rule.code in actor.group_codes)
            or (rule.origin == "person" and rule.code == actor.nip)
        ):
            return EVERYBODY
        if rule.origin == "subject":
            subjects |= people.subordinates(session, actor.id, rule.level)
    return subjects
