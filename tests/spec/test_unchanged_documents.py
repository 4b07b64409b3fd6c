"""Whatever is changed in the document is told; only the order of its keys and sets, and comments, are nothing."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from changes.advice import advice
from changes.change import Change
from changes.document import read
from changes.pointers import Pointer, touches
from tests.helpers.changed_document import changes, fresh
from tests.helpers.document import ROOT
from tests.helpers.examples import examples

SETS = {"required", "enum"}
WORDS = ("", "$ref", "type", "required", "x-note", "email", "get", "200", "application/json", "::error::\n%0A`")
VALUES: tuple[Any, ...] = (None, True, False, 0, 1, 1.5, float("nan"), "", "string", [], {}, [1], {"type": "string"})


def nodes(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield where each part stands, but the whole."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*pointer, str(key))
        yield from nodes(below, (*pointer, str(key)))


PARTS = list(nodes(fresh()))


def parent_of(document: Any, pointer: Pointer) -> tuple[Any, Any]:
    """Return what a part stands in, and its key there."""
    for part in pointer[:-1]:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document, int(pointer[-1]) if isinstance(document, list) else pointer[-1]


def means(value: Any, key: str = "") -> str:
    """Return a text that is the same for documents that say the same."""
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f"{json.dumps(name)}:{means(below, name)}" for name, below in value.items())) + "}"
    if isinstance(value, list):
        items = [means(item) for item in value]
        return "[" + ",".join(sorted(items) if key in {*SETS, "type"} else items) + "]"
    return json.dumps(value)


def mutated(document: Any, pointer: Pointer, how: str, word: str, value: Any) -> None:
    parent, key = parent_of(document, pointer)
    if how == "remove":
        del parent[key]
    elif how == "replace":
        parent[key] = copy.deepcopy(value)
    elif how == "rename" and isinstance(parent, dict):
        parent[word] = parent.pop(key)
    elif how == "twice" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    elif isinstance(parent[key], dict):
        parent[key][word] = copy.deepcopy(value)
    elif isinstance(parent[key], list):
        parent[key].append(copy.deepcopy(value))


mutations = st.tuples(
    st.sampled_from(PARTS),
    st.sampled_from(["remove", "replace", "rename", "twice", "add"]),
    st.sampled_from(WORDS),
    st.sampled_from(VALUES),
)


def differing(old: Any, new: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the places of keys that are in one only, or mean something else, as deep as mappings go."""
    for key in {*old, *new}:
        below = (*pointer, key)
        pair = old.get(key), new.get(key)
        if all(isinstance(each, dict) for each in pair):
            yield from differing(*pair, below)
        elif key not in old or key not in new or means(pair[0], key) != means(pair[1], key):
            yield below


def told_at(change: Change) -> tuple[Pointer, ...]:
    return (change.pointer, *change.covers)


@given(st.lists(mutations, min_size=1, max_size=2))
@settings(max_examples=examples(150, 2_000))
def test_no_mutation_is_overlooked(several: list[tuple[Pointer, str, str, Any]]) -> None:
    """Removed, replaced, renamed, doubled, added: one or two at a time, each is told at its place or around it."""
    document = fresh()
    for mutation in several:
        try:
            mutated(document, *mutation)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            continue  # the first took away what the second was for

    found = changes(document)
    assert bool(found) == (means(document) != means(fresh()))
    for place in differing(fresh(), document):
        assert any(touches(place, told) for change in found for told in told_at(change)), place
    assert all(change.fact.isprintable() and advice(change).isprintable() for change in found)
    assert changes(copy.deepcopy(document), document) == []


def shuffled(value: Any, key: str = "") -> Any:
    """Return the same in the opposite order, wherever order says nothing."""
    if isinstance(value, dict):
        return {name: shuffled(value[name], name) for name in reversed(value)}
    if isinstance(value, list):
        items = [shuffled(item) for item in value]
        return items[::-1] if key in SETS else items
    return value


def test_order_is_nothing() -> None:
    """Of keys, and of words in lists that are sets."""
    other = shuffled(fresh())
    assert json.dumps(other) != json.dumps(fresh())
    assert changes(other) == []


def test_comments_and_dress_are_nothing() -> None:
    """The same document without its comments, its anchors and its folded texts."""
    old = read("old", (ROOT / "spec/timeline-v3.yaml").read_bytes())
    new = read("new", yaml.safe_dump(fresh(), width=60).encode())
    assert changes(new.data, old.data) == []


@pytest.mark.parametrize(("old", "new"), [(True, 1), (0, False), (1, 1.5), ("1", 1), (None, ""), ([], {}), (None, [])])
def test_values_that_python_takes_for_equal_differ(old: Any, new: Any) -> None:
    """In JSON, true is not 1."""
    before, now = fresh(), fresh()
    before["components"]["schemas"]["Links"]["x-any"] = old
    now["components"]["schemas"]["Links"]["x-any"] = new
    assert [change.kind for change in changes(now, before)] == ["note"]
