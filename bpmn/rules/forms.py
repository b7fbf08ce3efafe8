"""Rules on the forms drawn with user tasks and at the start (`camunda:formData`)."""

from __future__ import annotations

import keyword
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from bpmn import literals
from bpmn.findings import Finding, Severity
from bpmn.messages import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bpmn.diagram import Diagram, Field
    from bpmn.messages import Message

FIELD_TYPES = frozenset(
    "string text long decimal money boolean date enum table person file".split()
)
FILE_GROUPS = frozenset("pdf gambar dokumen lembar teks".split())
# Words of the expression language, SpiffWorkflow's name for a case's data objects, and what the
# page of a task sends beside the answers.
_TAKEN = frozenset(
    "true false null data_objects len sum min max round any all token csrf_token"
    " loopCounter nrOfInstances nrOfActiveInstances nrOfCompletedInstances".split()
)
# Forms that are written and not drawn, each with the names that it brings into the case.
WRITTEN_FORMS: dict[str, tuple[str, ...]] = {
    "alur:skp-penyiapan": (
        "periode", "dari", "sampai", "skp_sebelumnya", "sasaran", "catatan_berkas",
    ),
    "alur:skp-penilaian": (
        "aturan", "penilaian", "nilai_skp", "nilai_perilaku", "nilai_prestasi", "sebutan",
        "catatan_penilai",
    ),
    "alur:skp-pemeriksaan": ("keputusan", "alasan"),
}  # fmt: skip
_TEXTS, _LIMITED = ("string", "text"), ("long", "decimal", "money", "date")
# What bounds which types of fields.
_BOUNDED = {"min": _LIMITED, "max": _LIMITED, "minlength": _TEXTS, "maxlength": _TEXTS}
_NUMBERS = frozenset(_BOUNDED)
MAX_BOUND_DIGITS = 18
MAX_FIELDS = 300  # each of which may look at all the others
_CONSTRAINTS = _NUMBERS | {"required", "readonly"}


def form_fields(diagram: Diagram) -> Iterator[Finding]:
    """Fields have names that expressions can use, known types, choices and bounds."""
    for task in diagram.asking:
        if len(task.form) > MAX_FIELDS:
            said = message("Lebih dari {n} isian pada satu kegiatan.", n=MAX_FIELDS)
            yield Finding(Severity.ERROR, "form-fields", task.id, said)
        counts = Counter(field.id for field in task.form)
        for field in task.form:
            if counts[field.id] > 1:
                said = message('Dua isian bernama "{field}".', field=field.id)
                yield Finding(Severity.ERROR, "form-fields", task.id, said)
            for said in _faults(field):
                yield Finding(Severity.ERROR, "form-fields", task.id, said)


def idle_constraint(diagram: Diagram) -> Iterator[Finding]:
    """Lengths bound texts, limits numbers and days; on other fields they have no effect."""
    for task in diagram.asking:
        for field in task.form:
            for name in sorted(_NUMBERS & field.constraints.keys()):
                if field.type in FIELD_TYPES and field.type not in _BOUNDED[name]:
                    said = message(
                        'Batasan {name} tidak berlaku untuk isian {type} ("{field}").',
                        name=name, type=field.type, field=field.id,
                    )  # fmt: skip
                    yield Finding(Severity.WARNING, "idle-constraint", task.id, said)


def default_value(diagram: Diagram) -> Iterator[Finding]:
    """What stands in a field at first (`defaultValue`) fits its type and its choices."""
    for task in diagram.asking:
        for field in task.form:
            known = field.default and field.type in FIELD_TYPES
            if known and literals.default_of(field) is None:
                said = message(
                    'Nilai awal "{value}" tidak cocok untuk isian {type} ("{field}") dan diabaikan.'
                    " Ekspresi ditulis sebagai prefill.",
                    value=field.default, type=field.type, field=field.id,
                )  # fmt: skip
                yield Finding(Severity.WARNING, "default-value", task.id, said)


def start_form(diagram: Diagram) -> Iterator[Finding]:
    """A form at the start is filled in by a person, before there is a case to bring a file to."""
    for start in diagram.asking:
        if start.kind != "startEvent":
            continue
        if not start.asks_starter:
            said = message("Tidak ada orang yang mengisi formulir di kejadian awal ini.")
            yield Finding(Severity.ERROR, "start-form", start.id, said)
        for field in start.form:
            if field.type == "file":
                said = message(
                    'Berkas "{field}" tidak dapat diminta di awal, sebelum ada kasusnya; minta di'
                    " langkah pertama.",
                    field=field.id,
                )  # fmt: skip
                yield Finding(Severity.ERROR, "start-form", start.id, said)


def form_key(diagram: Diagram) -> Iterator[Finding]:
    """A form written elsewhere (`camunda:formKey`) is one that Alur has, and stands alone."""
    for task in diagram.human_tasks:
        key = task.attributes.get("formKey")
        if key and key not in WRITTEN_FORMS:
            said = message('Formulir "{key}" tidak dikenal.', key=key)
            yield Finding(Severity.ERROR, "form-key", task.id, said)
        elif key and task.form:
            said = message('Isian di samping formulir "{key}" tidak ditanyakan.', key=key)
            yield Finding(Severity.WARNING, "form-key", task.id, said)


def service_answer(diagram: Diagram) -> Iterator[Finding]:
    """What a service task's answer brings in (`alur:gives`) has names that expressions can use."""
    for node in diagram.nodes.values():
        for name in node.gives:
            if not is_usable(name):
                said = message('Nama "{name}" harus berupa huruf, angka, atau _.', name=name)
                yield Finding(Severity.ERROR, "service-answer", node.id, said)


def is_usable(name: str) -> bool:
    """Whether expressions can use a name of data."""
    usable = name.isidentifier() and not keyword.iskeyword(name)
    return usable and not name.startswith("_") and name not in _TAKEN


def _faults(field: Field) -> Iterator[Message]:
    if not is_usable(field.id):
        yield message('Nama isian "{field}" harus berupa huruf, angka, atau _.', field=field.id)
    if field.type not in FIELD_TYPES:
        yield message(
            'Jenis isian "{type}" belum didukung ({field}).', type=field.type, field=field.id
        )
    if field.type == "enum" and not field.choices:
        yield message('Isian pilihan "{field}" tanpa pilihan.', field=field.id)
    if field.type == "file":
        for name in field.properties.get("accept", "").split(","):
            if name.strip() not in FILE_GROUPS | {""}:
                yield message('Jenis berkas "{name}" tidak dikenal.', name=name.strip())
    for name, value in field.constraints.items():
        if name not in _CONSTRAINTS:
            yield message('Batasan "{name}" tidak dikenal ({field}).', name=name, field=field.id)
        elif name in _NUMBERS and _bound(field.type, name, value) is None:
            yield _no_bound(field.type, name, value)
    for low, high in (("min", "max"), ("minlength", "maxlength")):
        if _crossed(field, low, high):
            yield message(
                "Batasan {low} melampaui {high} ({field}).", low=low, high=high, field=field.id
            )


def _no_bound(kind: str, name: str, text: str) -> Message:
    if kind == "date" and name in ("min", "max"):
        return message('Batasan {name}="{value}" bukan tanggal.', name=name, value=text)
    return message('Batasan {name}="{value}" bukan angka.', name=name, value=text)


def _bound(kind: str, name: str, text: str) -> Any:
    """What a constraint holds its field to, a day or a number; None for what is neither."""
    if kind == "date" and name in ("min", "max"):
        return literals.day(text)
    if name in ("minlength", "maxlength") and not (text.isascii() and text.isdecimal()):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and len(text) <= MAX_BOUND_DIGITS else None


def _crossed(field: Field, *names: str) -> bool:
    told = [field.constraints[name] for name in names if name in field.constraints]
    bounds = [_bound(field.type, *one) for one in zip(names, told, strict=False)]
    return len(bounds) == len(names) and None not in bounds and bounds[0] > bounds[1]
