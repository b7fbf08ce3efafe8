"""The one expression language: conditions, timers, prefill, form rules and scripts.

A small subset of Python, evaluated by `simpleeval`; Camunda's spelling (``${a && !b}``) is
rewritten. The grammar stands in ``docs/expressions.md``.
"""

from __future__ import annotations

import ast
import keyword
import math
import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import simpleeval

from bpmn.messages import Message, message
from engine import effort
from engine.arithmetic import FUNCTIONS, OPERATORS
from engine.errors import ExpressionFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_LENGTH = 2_000
MAX_LINES = 200
MAX_NESTING = 100
MAX_SHOWN = 200  # of an expression or reason, in what is said about it
MAX_BITS = 63  # of a whole number that is kept
_KEPT = (str, int, float, Decimal, date, type(None))
_TOKENS = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<op>&&|\|\||!(?!=)|~)|(?P<word>[^\W\d]\w*)"""
)
_SPELLING = {
    "&&": " and ",
    "||": " or ",
    "!": "~",
    "true": "True",
    "false": "False",
    "null": "None",
}
_REASONS = {
    simpleeval.NumberTooHigh: message("angkanya terlalu besar"),
    simpleeval.IterableTooLong: message("terlalu panjang"),
    ZeroDivisionError: message("pembagian dengan nol"),
    TypeError: message("nilainya tidak cocok satu sama lain"),
    LookupError: message("tidak ada di dalamnya"),
    RecursionError: message("terlalu dalam"),
}
_ALLOWED = (
    ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Call, ast.Name, ast.Constant, ast.IfExp,
    ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.ListComp, ast.GeneratorExp,
    ast.comprehension, ast.Load, ast.Store, ast.boolop, ast.unaryop, ast.cmpop,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow,
)  # fmt: skip


def parse(text: str) -> ast.expr:
    """The parsed expression (cached); raises `ExpressionFailed`."""
    return _parse(text.strip())


def names(text: str) -> frozenset[str]:
    """The names of the case's data that an expression reads; raises `ExpressionFailed`."""
    nodes = list(ast.walk(parse(text)))
    bound = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    read = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return frozenset(read - bound - FUNCTIONS.keys())


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The value of an expression over the case's data; raises `ExpressionFailed`."""
    node = parse(text)
    evaluator = _Evaluator(names=dict(names), functions=dict(FUNCTIONS), operators=OPERATORS)
    try:
        with effort.bounded():
            return _real(evaluator.eval(text, previously_parsed=node))
    except simpleeval.NameNotDefined as error:
        raise _failed(text, message('"{name}" belum ada', name=error.name)) from error
    except (
        simpleeval.InvalidExpression, ArithmeticError, TypeError, ValueError, LookupError,
        RecursionError,
    ) as error:  # fmt: skip
        raise _failed(text, _reason(error)) from error


def _reason(error: Exception) -> str | Message:
    for kind, said in _REASONS.items():
        if isinstance(error, kind):
            return said
    return str(error)


def parse_script(script: str) -> list[tuple[str, str]]:
    """A script's lines as (name, expression); raises `ExpressionFailed`."""
    lines = [line.strip() for line in script.splitlines()]
    if len(lines) > MAX_LINES:
        raise _failed(lines[0], f"> {MAX_LINES}")
    return [_assignment(line) for line in lines if line and not line.startswith("#")]


def execute(script: str, data: dict[str, Any]) -> None:
    """Runs a script's assignments in order on ``data``; raises `ExpressionFailed`."""
    lines = parse_script(script)
    with effort.bounded():
        for name, expression in lines:
            data[name] = evaluate(expression, data)
    try:
        effort.weigh(data, effort.MAX_DATA)
    except simpleeval.InvalidExpression as error:
        raise _failed(lines[-1][0], _reason(error)) from error


def _real(value: Any) -> Any:
    """The value as it comes back from the database: lists for tuples, and only what it can keep."""
    if isinstance(value, list | tuple):
        return [_real(item) for item in value]
    if isinstance(value, dict):
        return {_real_name(name): _real(item) for name, item in value.items()}
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise simpleeval.NumberTooHigh(f"> {MAX_BITS}")
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        raise ValueError(str(value))
    if not isinstance(value, _KEPT):
        raise TypeError(type(value).__name__)
    return value


def _real_name(name: Any) -> str:
    if not isinstance(name, str) or name.startswith("$"):
        raise TypeError("{…: …}")
    return name


def truth(text: str | None, names: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that names data which is not there yet does not."""
    try:
        return bool(text) and bool(evaluate(text or "", names))
    except ExpressionFailed:
        return False


def _assignment(line: str) -> tuple[str, str]:
    name, equals, expression = line.partition("=")
    name = name.strip()
    if (
        not equals
        or expression.startswith("=")
        or not name.isidentifier()
        or keyword.iskeyword(name)
    ):
        raise _failed(line, "name = …")
    if name.startswith("_") or name in FUNCTIONS:
        raise _failed(line, f'"{name}"')
    parse(expression)
    return name, expression.strip()


@lru_cache(maxsize=4096)
def _parse(text: str) -> ast.expr:
    if len(text) > MAX_LENGTH:
        raise _failed(text[:40] + "…", f"> {MAX_LENGTH}")
    try:
        tree = ast.parse(_respell(text), mode="eval").body
        "".join(_strings(tree)).encode()  # half a character can be neither kept nor shown
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _failed(text, message("salah tulis")) from error
    if _nesting(tree) > MAX_NESTING:
        raise _failed(text, f"> {MAX_NESTING}")
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise _failed(text, message("{what} tidak dikenal", what=type(node).__name__))
        if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | None):
            raise _failed(text, message("{what} tidak dikenal", what=type(node.value).__name__))
        if isinstance(node, ast.comprehension) and not _is_plain(node):
            raise _failed(text, message("{what} tidak dikenal", what="for"))
        if isinstance(node, ast.Call) and not _is_known_function(node.func):
            raise _failed(text, message("yang ada hanya {names}", names=", ".join(FUNCTIONS)))
    return tree


def _strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _nesting(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _is_plain(loop: ast.comprehension) -> bool:
    """Whether a comprehension gives its items a name, or names, and nothing else."""
    parts = ast.walk(loop.target)
    return not loop.is_async and all(
        isinstance(part, ast.Name | ast.Tuple | ast.Store) for part in parts
    )


def _is_known_function(func: ast.expr) -> bool:
    return isinstance(func, ast.Name) and func.id in FUNCTIONS


def _respell(text: str) -> str:
    """Camunda's spelling into ours, strings left as they are; line breaks become spaces."""
    if text.startswith("${") and text.endswith("}"):
        text = text[2:-1]

    def spell(match: re.Match[str]) -> str:
        if match[0] == "~":  # bitwise in Python, and not of this language
            raise _failed(text, "~")
        return match[0] if match["string"] else _SPELLING.get(match[0], match[0])

    return " ".join(_TOKENS.sub(spell, text).split("\n")).strip()


def _failed(text: str, reason: str | Message) -> ExpressionFailed:
    shown = text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
    reason = reason if isinstance(reason, Message) else reason[:MAX_SHOWN]
    said = message("Ungkapan tidak dapat dihitung: {text} ({reason})", text=shown, reason=reason)
    return ExpressionFailed(said)


class _Evaluator(simpleeval.EvalWithCompoundTypes):
    """simpleeval with a bound on every value on the way, and on all of them together.

    Its own walk looks for functions and modules, which no value of a case is, and has no bound.
    """

    def _check_disallowed_items(self, item: Any) -> None:
        effort.spend(effort.weigh(item))
