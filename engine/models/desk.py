"""The supervisors' desk: finished work as counted, acts, corrections, kept views and sheets."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models.base import (
    At,
    Base,
    Code,
    Digest,
    InstanceKey,
    Key,
    MaybeAt,
    MaybePerson,
    Name,
    PersonKey,
)
from engine.models.directory import Person, Unit


class StepTally(Base):
    """What was done at a step in a month, of a unit's employees.

    ``again`` are those of a second or later visit. ``worked`` and ``waited`` are seconds of the
    cases' clocks, summed; their spreads count the tasks by length (`engine.spreads`).
    """

    __tablename__ = "step_tally"
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    element: Mapped[Code] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    done: Mapped[int]
    late: Mapped[int]
    again: Mapped[int]
    worked: Mapped[int] = mapped_column(BigInteger)
    waited: Mapped[int] = mapped_column(BigInteger)
    worked_spread: Mapped[bytes] = mapped_column(LargeBinary)
    waited_spread: Mapped[bytes] = mapped_column(LargeBinary)


class PersonTally(Base):
    """The same by who completed the tasks, without spreads."""

    __tablename__ = "person_tally"
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    element: Mapped[Code] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    done: Mapped[int]
    late: Mapped[int]
    worked: Mapped[int] = mapped_column(BigInteger)
    waited: Mapped[int] = mapped_column(BigInteger)


class CaseTally(Base):
    """The cases of a unit's employees that ended in a month.

    ``spread`` counts the completed ones by the working seconds of all their tasks, ``rounds`` by
    how often they came to the step that they came to most often (JSON, number to count).
    """

    __tablename__ = "case_tally"
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    completed: Mapped[int]
    cancelled: Mapped[int]
    spread: Mapped[bytes] = mapped_column(LargeBinary)
    rounds: Mapped[bytes] = mapped_column(LargeBinary)


class Variant(Base):
    """A way that completed cases of a version took; ``path`` are the elements of their steps in the
    order they were done (JSON), told apart by its ``digest``. ``deviations`` are where it leaves
    the diagram, as `bpmn.replay` says (JSON; None: that cannot be told)."""

    __tablename__ = "variant"
    id: Mapped[Key]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    digest: Mapped[Digest]
    path: Mapped[bytes] = mapped_column(LargeBinary)
    deviations: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("uq_variant_definition_id_digest", "definition_id", "digest", unique=True),
    )


class VariantTally(Base):
    """The cases of a unit's employees that were completed on a way in a month, and the seconds
    worked on them."""

    __tablename__ = "variant_tally"
    variant_id: Mapped[int] = mapped_column(ForeignKey("variant.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    done: Mapped[int]
    worked: Mapped[int] = mapped_column(BigInteger)


class DayTally(Base):
    """How many of the cases that have ended were started, and ended, on a day of the office."""

    __tablename__ = "day_tally"
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    started: Mapped[int]
    ended: Mapped[int]


class Correction(Base):
    """What was submitted at a step, put right; ``data`` is what has changed, see
    `engine.corrections`. The submission stays as it was."""

    __tablename__ = "correction"
    id: Mapped[Key]
    instance_id: Mapped[InstanceKey] = mapped_column(index=True)
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[Digest]

    person: Mapped[Person] = relationship(lazy="raise")


class SavedView(Base):
    """A list of cases that a person comes back to; ``query`` is what its address asks."""

    __tablename__ = "saved_view"
    id: Mapped[Key]
    person_id: Mapped[PersonKey]
    name: Mapped[Name]
    query: Mapped[str] = mapped_column(String(2000))

    __table_args__ = (Index("uq_saved_view_person_id_name", "person_id", "name", unique=True),)


class MonitoringSheet(Base):
    """What is found of a process in a unit and a period: measured ``facts``, written ``judgement``.

    ``person_id`` saved it last. Once signed nothing of it changes: ``signature`` is who signed, as
    they were called then, and ``digest`` that of it all (see `engine.monitoring`).
    """

    __tablename__ = "monitoring_sheet"
    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[Code]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    first: Mapped[date]
    facts: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    judgement: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    revision: Mapped[int]
    person_id: Mapped[PersonKey]
    signed_at: Mapped[MaybeAt]
    signed_by: Mapped[MaybePerson]
    signature: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str | None] = mapped_column(String(64))

    unit: Mapped[Unit] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys="MonitoringSheet.person_id")

    __table_args__ = (
        Index(
            "uq_monitoring_sheet_key_unit_id_kind_first",
            "key", "unit_id", "kind", "first", unique=True,
        ),
    )  # fmt: skip


class MassAct(Base):
    """The same act for many cases, ordered with a reason; ``details`` is how (JSON).

    ``token`` makes a resent order the same one.
    """

    __tablename__ = "mass_act"
    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(10))
    details: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(String(1000))
    person_id: Mapped[PersonKey]
    at: Mapped[At]
    ended_at: Mapped[MaybeAt]
    token: Mapped[str] = mapped_column(String(64))

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("uq_mass_act_person_id_token", "person_id", "token", unique=True),)


class MassActCase(Base):
    """One case of such an act; ``outcome`` is None until its turn, then ``done`` or ``refused``."""

    __tablename__ = "mass_act_case"
    mass_act_id: Mapped[int] = mapped_column(ForeignKey("mass_act.id"), primary_key=True)
    instance_id: Mapped[InstanceKey] = mapped_column(primary_key=True)
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(1000))
    at: Mapped[MaybeAt]

    __table_args__ = (Index("ix_mass_act_case_instance_id", "instance_id"),)
