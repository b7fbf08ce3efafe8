"""The token game in every order: whoever may go on does, and every way out is taken once.

Data is left out; what a gateway decides is whatever it may decide.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import chain, combinations
from typing import TYPE_CHECKING

import plans
from token_game import Game

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tokens import Token

MOST = 60  # states of a game that are looked at
State = tuple[tuple[str, ...], tuple[str, ...]]


class TooMany(Exception):
    """More states than are looked at."""


class FreeGame(Game):
    """A game whose decisions are taken from a list, and then the first that may be."""

    def __init__(self, source: bytes, choices: Iterable[int] = ()) -> None:
        self.choices = list(choices)
        self.asked: list[tuple[int, int]] = []  # what was chosen, of how many
        super().__init__(source, {})

    @property
    def state(self) -> State:
        """Where tokens are, and what is waited for."""
        tokens = sorted(
            f"{token.node.id} {token.flow.id if token.flow else ''}"
            for scope in self._scopes
            for token in scope.tokens
        )
        return tuple(tokens), tuple(sorted(wait.node.id for wait in self._waits))

    def go(self, element: str, choices: Iterable[int]) -> FreeGame:
        """What comes of it when a task is done or an event happens."""
        game = deepcopy(self)
        game.choices, game.asked = list(choices), []
        if element in game.open:
            game.complete(element, {})
        else:
            game.fire(element)
        return game

    def _ways(self, token: Token) -> Iterable[plans.Flow]:
        found = [*possible(token.node)]
        if len(found) == 1:
            return found[0]
        chosen = self.choices.pop(0) if self.choices else 0
        self.asked.append((chosen, len(found)))
        return found[chosen]


class GuidedGame(Game):
    """A game that goes the way of a path: ids of nodes, each with the flows that it leaves on."""

    def __init__(self, source: bytes, path: Iterable[str]) -> None:
        self._ahead = list(path)
        super().__init__(source, {})
        for name in [name for name in self._ahead if name in self._root.plan.nodes]:
            if name in self.open:
                self.complete(name, {})
            elif name in self.waiting:
                self.fire(name)

    def _ways(self, token: Token) -> Iterable[plans.Flow]:
        node = token.node
        if node.id not in self._ahead:  # behind the end of the path
            return next(iter(possible(node)))
        place = self._ahead.index(node.id)
        own = {flow.id: flow for flow in node.outgoing}
        taken = []
        while place + 1 < len(self._ahead) and self._ahead[place + 1] in own:
            taken.append(own[self._ahead.pop(place + 1)])
        del self._ahead[place]
        return taken


def possible(node: plans.Node) -> Iterator[tuple[plans.Flow, ...]]:
    """The sets of flows on which a token may leave a node, whatever the data is."""
    if node.kind == "exclusiveGateway":
        yield from ((flow,) for flow in node.outgoing)
        return
    free = node.kind in {"parallelGateway", "eventBasedGateway"}
    always = [flow for flow in node.outgoing if free or not (flow.condition or flow.default)]
    perhaps = [flow for flow in node.outgoing if flow.condition and not free]
    default = [flow for flow in node.outgoing if flow.default]
    sizes = range(1, len(perhaps) + 1)
    for some in chain.from_iterable(combinations(perhaps, size) for size in sizes):
        yield (*always, *some)
    if default or always or not node.outgoing:
        yield (*always, *default)


def outcomes(begin: Callable[[list[int]], FreeGame]) -> Iterator[FreeGame]:
    """What can come of one step, for all that is decided on the way."""
    choices: list[int] = []
    while True:
        game = begin(choices)
        yield game
        while game.asked and game.asked[-1][0] + 1 == game.asked[-1][1]:
            game.asked.pop()
        if not game.asked:
            return
        choices = [chosen for chosen, _ in game.asked]
        choices[-1] += 1


def endings(source: bytes) -> tuple[set[State], set[State]]:
    """The states from which no order comes to the end of the case, and those where all stands
    still before it; raises `TooMany`, or `Game.TooLong` where ever more tokens come about."""
    ahead = [*outcomes(lambda choices: FreeGame(source, choices))]
    games = {game.state: game for game in ahead}
    before: dict[State, set[State]] = {}
    while ahead:
        game = ahead.pop()
        for element in {*game.open, *game.waiting}:
            for later in outcomes(lambda choices: game.go(element, choices)):  # noqa: B023
                before.setdefault(later.state, set()).add(game.state)
                if later.state not in games:
                    games[later.state] = later
                    ahead.append(later)
        if len(games) > MOST:
            raise TooMany
    still = {s for s, game in games.items() if not (game.ended or game.open or game.waiting)}
    good = {state for state, game in games.items() if game.ended}
    open_ = list(good)
    while open_:
        new = before.get(open_.pop(), set()) - good
        good |= new
        open_ += new
    return games.keys() - good, still
