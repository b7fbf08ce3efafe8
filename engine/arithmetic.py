"""What the expression language can calculate: its operators and functions, exact and bounded."""

from __future__ import annotations

import ast
import operator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import simpleeval

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DIGITS = 10_000  # of an integer product; a few lines of x = x * x would fill the memory
MAX_PLACES = 50  # to round to


def _add(left: Any, right: Any) -> Any:
    return simpleeval.safe_add(_exact(left, right), _exact(right, left))


def _subtract(left: Any, right: Any) -> Any:
    return operator.sub(_exact(left, right), _exact(right, left))


def _multiply(left: Any, right: Any) -> Any:
    _require_numbers(left, right)
    if isinstance(left, int) and isinstance(right, int):
        _bounded((left.bit_length() + right.bit_length()) * 0.3)
    return operator.mul(_exact(left, right), _exact(right, left))


def _divide(left: Any, right: Any) -> Any:
    return operator.truediv(_exact(left, right), _exact(right, left))


def _modulo(left: Any, right: Any) -> Any:
    _require_numbers(left, right)  # '%1000000000d' % 1 takes a gigabyte
    return operator.mod(_exact(left, right), _exact(right, left))


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        _bounded(left.bit_length() * abs(right) * 0.3)
    return simpleeval.safe_power(left, right)


def _require_numbers(*values: Any) -> None:
    if not all(isinstance(value, int | float | Decimal) for value in values):
        raise TypeError("* % ?")


def _bounded(digits: float) -> None:
    if digits > MAX_DIGITS:
        raise simpleeval.NumberTooHigh(f"> {MAX_DIGITS}")


def _exact(value: Any, beside: Any) -> Any:
    """A float beside a Decimal becomes the Decimal it was written as."""
    return (
        Decimal(repr(value)) if isinstance(value, float) and isinstance(beside, Decimal) else value
    )


def _comparing(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda left, right: compare(_exact(left, right), _exact(right, left))


def _contains(item: Any, among: Any) -> bool:
    if isinstance(among, list | tuple):
        return any(_exact(item, other) == _exact(other, item) for other in among)
    return operator.contains(among, item)


def _together(function: Callable[..., Any]) -> Callable[..., Any]:
    """Over several numbers of which one is exact, all of them are."""

    def calculate(*given: Any) -> Any:
        numbers = list(given[0]) if len(given) == 1 else list(given)
        exact = next((n for n in numbers if isinstance(n, Decimal)), None)
        return function([_exact(number, exact) for number in numbers])

    return calculate


def _round(value: Any, places: int | None = None) -> Any:
    if places is not None and abs(places) > MAX_PLACES:
        raise ValueError(f"> {MAX_PLACES}")
    return round(value, places)


OPERATORS = simpleeval.DEFAULT_OPERATORS | {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _multiply,
    ast.Div: _divide,
    ast.Mod: _modulo,
    ast.Pow: _power,
    ast.Eq: _comparing(operator.eq),
    ast.NotEq: _comparing(operator.ne),
    ast.Lt: _comparing(operator.lt),
    ast.LtE: _comparing(operator.le),
    ast.Gt: _comparing(operator.gt),
    ast.GtE: _comparing(operator.ge),
    ast.In: _contains,
    ast.NotIn: lambda item, among: not _contains(item, among),
    ast.Invert: operator.not_,  # Camunda's "!", which binds closer than Python's "not"
}
FUNCTIONS: dict[str, Any] = {
    "len": len,
    "sum": _together(sum),
    "min": _together(min),
    "max": _together(max),
    "round": _round,
    "any": any,
    "all": all,
}
