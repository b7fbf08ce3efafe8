"""What is to be said of the parts of a diagram, by the judgements of `bpmn.vocabulary`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bpmn.diagram import FLOW_NODES
from bpmn.elements import owner_id
from bpmn.judgement import Judgement, Word
from bpmn.reading import BPMN, CAMUNDA
from bpmn.vocabulary import READ_IN, VOCABULARIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

    WordOf = Callable[[str, str], tuple[str, Word]]

# Refused as a whole; what stands in them is judged too, so that all is said at once.
_CONTAINERS = frozenset({"bpmn:transaction", "bpmn:adHocSubProcess"})
# The stock modeler draws data into a task as an association to a property of this name.
_PLACEHOLDER = ("bpmn:property", "__targetRef_placeholder")
# What a person can find by its id; of anything inside, the finding stands on these.
_FINDABLE = FLOW_NODES | frozenset(
    "process lane sequenceFlow participant dataObject dataObjectReference dataStoreReference"
    " textAnnotation association group".split()
)
MAX_SHOWN = 60  # letters of a value


@dataclass(frozen=True)
class Remark:
    """An element or an attribute that is not simply executed, and how it is told."""

    element: _Element
    name: str
    judgement: Judgement

    @property
    def is_extension(self) -> bool:
        """Whether it stands among the extensions of an element."""
        return split(self.element.tag)[0] in CAMUNDA


# The rules are asked one after the other about the same drawing.
@lru_cache(maxsize=1)
def remarks(process: _Element) -> tuple[Remark, ...]:
    """What is not simply executed in a process, or beside the processes of its file."""
    return tuple(_remarks(process))


def _remarks(process: _Element) -> Iterator[Remark]:
    root = process.getroottree().getroot()
    judgement_of, word_of = cache(_judgement), cache(_word)  # most names come again and again
    yield from _attributes(root, word_of)
    beside = [e for e in root.iterchildren() if split(e.tag) != (BPMN, "process")]
    ahead = [(element, "definitions") for element in (*reversed(beside), process)]
    while ahead:
        element, within = ahead.pop()
        name, judgement = judgement_of(str(element.tag), within)
        if judgement is None or (name, element.get("name")) == _PLACEHOLDER:
            continue
        if judgement is Judgement.EXECUTED:
            yield from _attributes(element, word_of)
        else:
            yield Remark(element, name, judgement)
        if judgement is Judgement.EXECUTED or name in _CONTAINERS:
            # An extension stands in what it extends.
            around = within if name == "bpmn:extensionElements" else split(element.tag)[1]
            ahead += [(child, around) for child in reversed(element)]


def findable_id(element: _Element) -> str | None:
    """The id under which a person finds an element, or what it is a part of."""
    for part in (element, *element.iterancestors()):
        if split(part.tag)[1] in _FINDABLE and part.get("id"):
            return part.get("id")
    return element.get("id") or owner_id(element)


def split(tag: object) -> tuple[str, str]:
    """The namespace and the name of an element or attribute."""
    namespace, _, name = str(tag).rpartition("}")
    return namespace.lstrip("{"), name


def _judgement(tag: str, within: str) -> tuple[str, Judgement | None]:
    """How an element is told and judged; not at all where it is of neither namespace."""
    namespace, name = split(tag)
    words = VOCABULARIES.get(namespace)
    if words is None:
        return name, None
    judgement = words.element(name, within)
    if namespace in CAMUNDA and judgement is Judgement.EXECUTED and not _is_read(name, within):
        judgement = Judgement.IGNORED
    return f"{words.prefix}:{name}", judgement


def _is_read(extension: str, owner: str) -> bool:
    return owner in READ_IN.get(extension, {owner})


def _attributes(element: _Element, word_of: WordOf) -> Iterator[Remark]:
    for key, value in element.attrib.items():
        name, word = word_of(str(key), str(element.tag))
        if word.judgement is Judgement.EXECUTED or str(value).strip() in word.usual:
            continue
        shown = f"={str(value)[:MAX_SHOWN]}" if word.usual else ""
        yield Remark(element, name + shown, word.judgement)


def _word(key: str, tag: str) -> tuple[str, Word]:
    """How an attribute is told and judged; others speak of what is of neither namespace."""
    (namespace, name), (own, owner) = split(key), split(tag)
    words = VOCABULARIES.get(namespace or own)
    if words is None:
        return name, Word(Judgement.EXECUTED)
    if namespace and words is VOCABULARIES.get(own):  # its own attributes go without a prefix
        return f"{words.prefix}:{name}", Word(Judgement.UNKNOWN)
    word = words.attribute(name, owner)
    if namespace in CAMUNDA and word.judgement is Judgement.EXECUTED and not _is_read(name, owner):
        word = Word(Judgement.IGNORED)
    return name if words is VOCABULARIES[BPMN] else f"{words.prefix}:{name}", word
