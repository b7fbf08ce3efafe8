"""The rulebook as pages: what each rule asks, why, how to mend it, and an example each way.

They are no secret among the staff: who reads a procedure may know what it is held to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from flask_login import login_required

from bpmn import layout
from bpmn.messages import message
from bpmn.reading import UnreadableDiagram
from bpmn.rulebook import FAMILIES, RULES, matching
from bpmn.rulebook.rule import source_of, text_of
from engine import deployments, examples
from engine.errors import NotFound
from tasks.handlers import HANDLERS
from web.visit import database
from web.words import gettext, say

if TYPE_CHECKING:
    from bpmn.rulebook.rule import Family, Rule
    from engine.examples import Lesson

area = Blueprint("rules", __name__, url_prefix="/rules")
MAX_SEARCH = 200  # letters


@area.get("")
@login_required
def listing() -> str:
    """All rules by family, or those that answer to a search."""
    search = request.args.get("q", "")[:MAX_SEARCH]
    return render_template("rules.html", families=matching(search, gettext), search=search)


@area.get("/<name>")
@login_required
def one(name: str) -> str:
    """One rule, with what the check of this office says of its examples."""
    rule = _rule(name)
    with database().read() as session:
        lesson = examples.lesson(
            rule, lambda source: deployments.full_report(session, source, HANDLERS)
        )
    return render_template(
        "rule.html", rule=rule, family=_family(rule), lesson=lesson, rules=RULES,
        texts={which: text_of(text) for which, text in _texts(rule).items()},
        states={"wrong": _faulty(lesson), "right": _mended(lesson)},
        drawn={which: _is_drawn(text) for which, text in _texts(rule).items()},
    )  # fmt: skip


@area.get("/<name>/<example>.bpmn")
@login_required
def diagram(name: str, example: str) -> Response:
    """An example as a file; with `drawn`, for the viewer."""
    text = _texts(_rule(name)).get(example)
    if text is None:
        raise NotFound(message("Contoh ini tidak ada."))
    source = source_of(text)
    to_look_at = "drawn" in request.args and _is_drawn(text)
    response = Response(layout.drawn(source) if to_look_at else source, mimetype="application/xml")
    if not to_look_at:
        response.headers["Content-Disposition"] = f'attachment; filename="{name}-{example}.bpmn"'
    return response


def _faulty(lesson: Lesson) -> dict[str, dict[str, str]]:
    """What is wrong where, for the picture."""
    return {
        finding.element: {"state": "late", "label": say(finding.message)}
        for finding in lesson.findings
        if finding.element
    }


def _mended(lesson: Lesson) -> dict[str, dict[str, str]]:
    """What is new or different, for the picture."""
    return {element: {"state": mark} for element, mark in lesson.marks.items()}


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise NotFound(message('Tidak ada aturan bernama "{name}".', name=name))
    return RULES[name]


def _family(rule: Rule) -> Family:
    return next(family for family in FAMILIES if rule in family.rules)


def _texts(rule: Rule) -> dict[str, str]:
    """The examples that there are, by their place in the address."""
    found = {"wrong": rule.wrong, "right": rule.right}
    return {which: text for which, text in found.items() if text is not None}


def _is_drawn(text: str) -> bool:
    """Whether an example can be shown as a picture."""
    try:
        layout.drawn(source_of(text))
    except UnreadableDiagram:
        return False
    return True
