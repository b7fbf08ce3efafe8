"""Small faults: what can be wrong with a source file, one place at a time.

A mutant replaces the text of one node of the syntax tree, so that all lines keep their numbers.
Left alone are docstrings, annotations, what is said to people and what goes into the log.
"""

from __future__ import annotations

import ast
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
DECORATORS = ("once_more",)  # those whose loss is a fault, and not another program
SAID = ("message", "log")
ANNOTATIONS = ("annotation", "returns", "decorator_list")


class Mutant(NamedTuple):
    """A fault: the text between two places (in bytes) becomes another."""

    path: str
    line: int
    statement: int  # the line its statement begins with
    loading: bool  # it runs while the module is loaded
    start: int
    end: int
    old: str
    new: str

    def apply(self, source: bytes) -> bytes:
        """The faulty file, with as many lines as before."""
        gone = b"\n" * source.count(b"\n", self.start, self.end)
        bare = self.new in ("", "pass")
        new = self.new.encode() + gone if bare else b"(%b%b)" % (self.new.encode(), gone)
        return source[: self.start] + new + source[self.end :]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.old}  ->  {self.new or 'nothing'}"


def mutants(path: str, source: bytes) -> list[Mutant]:
    """Every fault of a file, in the order of the text."""
    return list(Faults(path, source).within(ast.parse(source), 0, loading=True))


class Faults:
    """The faults of one file."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path = path
        self.lines = source.splitlines(keepends=True)

    def within(self, node: ast.AST, statement: int, *, loading: bool) -> Iterator[Mutant]:
        """The faults of a node and of all within it."""
        if isinstance(node, ast.JoinedStr) or is_for_types(node) or is_said(node):
            return  # the places within an f-string are wrong before Python 3.12
        if isinstance(node, ast.stmt):
            statement = node.lineno
        for place, new in faults(node):
            yield self.mutant(place, new, statement, loading)
        for name, value in ast.iter_fields(node):
            if name in ANNOTATIONS:
                continue
            inner = loading and not (name == "body" and is_function(node))
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.within(child, statement, loading=inner)

    def mutant(self, place: ast.AST, new: str, statement: int, loading: bool) -> Mutant:
        assert isinstance(place, ast.expr | ast.stmt)
        assert place.end_lineno is not None
        assert place.end_col_offset is not None
        start = self.offset(place.lineno, place.col_offset) - (not new)  # with the @
        end = self.offset(place.end_lineno, place.end_col_offset)
        old = " ".join(ast.unparse(place).split())
        return Mutant(self.path, place.lineno, statement, loading, start, end, old, new)

    def offset(self, line: int, column: int) -> int:
        return sum(map(len, self.lines[: line - 1])) + column


def is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)


def is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def is_said(node: ast.AST) -> bool:
    """Whether only the wording would change."""
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in SAID


def faults(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """What may be wrong about a node itself: the place, and its new text."""
    match node:
        case ast.Compare(ops=[operator, *more]) if type(operator) in SWAPPED:
            yield node, changed(node, ops=[SWAPPED[type(operator)](), *more])
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if type(operator) in SWAPPED:
            yield node, changed(node, op=SWAPPED[type(operator)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, ast.unparse(operand)
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=int(value)):
            yield node, str(value + 1)
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield value, "None"
        case ast.Expr(value=ast.Call() as call) if not is_said(call):
            yield node, "pass"
        case ast.AugAssign():
            yield node, "pass"
        case ast.FunctionDef(decorator_list=decorators):
            yield from ((name, "") for name in decorators if ast.unparse(name) in DECORATORS)
        case ast.Call(keywords=keywords):
            for keyword in keywords:
                yield node, changed(node, keywords=[k for k in keywords if k is not keyword])
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        # A loop that never ends is noticed, if only by its time.
        yield from ((node.test, value) for value in ("True", "False"))


def changed(node: ast.AST, **fields: object) -> str:
    """The text of a node with other fields."""
    new = copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return ast.unparse(new)
