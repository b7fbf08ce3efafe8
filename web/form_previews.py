"""A form as staff will see it, from a diagram alone: to try, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, flash, render_template, request

from bpmn.messages import message
from engine import deployments
from engine.errors import NotFound
from tasks.surroundings import Surroundings
from tasks.written_forms import Form, form_for, is_written, shown
from web import tables
from web.record import name_of
from web.visit import analysts_only, database
from web.words import say

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from bpmn.diagram import Node
    from engine.models import Definition

area = Blueprint("form_previews", __name__, url_prefix="/processes")
area.before_request(analysts_only)


@area.get("/<int:definition_id>/forms/<element>")
def form(definition_id: int, element: str) -> str:
    """The form of a step over an empty case."""
    version, node = _step(definition_id, element)
    return _shown(version, node, _made(node, None))


@area.post("/<int:definition_id>/forms/<element>")
def tried(definition_id: int, element: str) -> Any:
    """The form judged as it would be, or changed by a button of a table; nothing is kept."""
    version, node = _step(definition_id, element)
    pressed = tables.answered(request.form, lambda typed: _made(node, typed))
    if isinstance(pressed, Response):
        return pressed
    if pressed is not None:
        return _shown(version, node, pressed)
    form = _made(node, request.form)
    if form.validate():
        flash(say(message("Isian ini lengkap dan benar. Tidak ada yang disimpan.")), "done")
        return _shown(version, node, form, told=shown(node, form.values))
    return _shown(version, node, form, said=message("Ada isian yang perlu diperbaiki.")), 422


def has_form(node: Node) -> bool:
    """Whether a step asks anything."""
    return bool(node.form) or is_written(node)


def _made(node: Node, typed: MultiDict[str, str] | None) -> Form:
    return form_for(node, {}, typed, around=Surroundings(database()))


def _step(definition_id: int, element: str) -> tuple[Definition, Node]:
    with database().read() as session:
        version = deployments.definition(session, definition_id)
    node = deployments.drawn(version.source).nodes.get(element)
    if node is None or not has_form(node):
        raise NotFound(message("Formulir itu tidak ada."))
    return version, node


def _shown(version: Definition, node: Node, form: Form, **more: Any) -> str:
    return render_template(
        "form_preview.html", version=version, node=node, name=name_of(node), form=form, **more
    )
