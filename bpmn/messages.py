"""What is said to a person: Indonesian sentences, translated only where they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """An Indonesian template with its values, e.g. ``"Langkah {step} sudah selesai"``."""

    template: str
    values: dict[str, object] = field(default_factory=dict)

    def render(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language that ``translate`` gives for the template."""
        values = {
            name: value.render(translate) if isinstance(value, Message) else value
            for name, value in self.values.items()
        }
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.render(str)


def message(template: str, /, **values: object) -> Message:
    """Marks ``template`` for the translation catalogue and binds its values."""
    return Message(template, values)


class AlurError(Exception):
    """Root of every error Alur reports to a person; says one clear sentence."""

    def __init__(self, said: Message) -> None:
        super().__init__(str(said))
        self.message = said
