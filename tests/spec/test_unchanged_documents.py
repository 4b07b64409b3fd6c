"""Every difference of two documents is a change; only the order of keys and sets, and comments, mean nothing."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from changes.change_kinds import Kind
from changes.compare import Change
from changes.document import load_document
from changes.references import Pointer
from tests.helpers.changed_document import changes, fresh, patched
from tests.helpers.document import ROOT
from tests.helpers.examples import examples

SETS = {"required", "enum"}
KEYS = ("", "$ref", "type", "required", "x-note", "email", "get", "200", "application/json", "::error::\n%0A`")
VALUES: tuple[Any, ...] = (None, True, False, 0, 1, 1.5, float("nan"), "", "string", [], {}, [1], {"type": "string"})


def pointers(value: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the pointer of each part except the whole."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield (*pointer, str(key))
        yield from pointers(below, (*pointer, str(key)))


def canonical(value: Any, key: str = "") -> str:
    """Return a text that is equal for documents that mean the same."""
    if isinstance(value, dict):
        members = (f"{json.dumps(name)}:{canonical(below, name)}" for name, below in value.items())
        return "{" + ",".join(sorted(members)) + "}"
    if isinstance(value, list):
        items = [canonical(item) for item in value]
        return "[" + ",".join(sorted(items) if key in {*SETS, "type"} else items) + "]"
    return json.dumps(value)


def mutate(document: Any, pointer: Pointer, how: str, name: str, value: Any) -> None:
    parent = document
    for part in pointer[:-1]:
        parent = parent[int(part)] if isinstance(parent, list) else parent[part]
    key: Any = int(pointer[-1]) if isinstance(parent, list) else pointer[-1]
    if how == "remove":
        del parent[key]
    elif how == "replace":
        parent[key] = copy.deepcopy(value)
    elif how == "rename" and isinstance(parent, dict):
        parent[name] = parent.pop(key)
    elif how == "duplicate" and isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    elif isinstance(parent[key], dict):
        parent[key][name] = copy.deepcopy(value)
    elif isinstance(parent[key], list):
        parent[key].append(copy.deepcopy(value))


mutations = st.tuples(
    st.sampled_from(list(pointers(fresh()))),
    st.sampled_from(["remove", "replace", "rename", "duplicate", "add"]),
    st.sampled_from(KEYS),
    st.sampled_from(VALUES),
)


def differing(old: Any, new: Any, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the pointers of keys that only one has, or whose values differ, as deep as mappings go."""
    for key in {*old, *new}:
        below = (*pointer, key)
        pair = old.get(key), new.get(key)
        if all(isinstance(each, dict) for each in pair):
            yield from differing(*pair, below)
        elif key not in old or key not in new or canonical(pair[0], key) != canonical(pair[1], key):
            yield below


def covers(change: Change, pointer: Pointer) -> bool:
    """Return whether a change is at a pointer, inside it or around it, or moved an operation away from it."""
    other = change.place.pointer
    if change.kind is Kind.OPERATION_MOVED and "/".join(pointer[1:2]) in change.text:
        return True
    return all(one == two for one, two in zip(pointer, other, strict=False))


@given(st.lists(mutations, min_size=1, max_size=2))
@settings(max_examples=examples(80, 2_000))
def test_no_mutation_is_overlooked(several: list[tuple[Pointer, str, str, Any]]) -> None:
    """One or two differences of any kind each have a change at their place or around it."""
    document = fresh()
    for mutation in several:
        try:
            mutate(document, *mutation)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            continue  # the first mutation removed what the second applies to

    result = changes(document)
    assert bool(result) == (canonical(document) != canonical(fresh()))
    for pointer in differing(fresh(), document):
        assert any(covers(change, pointer) for change in result), pointer
    assert all(change.text.isprintable() for change in result)
    assert changes(copy.deepcopy(document), document) == []


def reordered(value: Any, key: str = "") -> Any:
    """Return the same in reverse order, wherever order means nothing."""
    if isinstance(value, dict):
        return {name: reordered(value[name], name) for name in reversed(value)}
    if isinstance(value, list):
        items = [reordered(item) for item in value]
        return items[::-1] if key in SETS else items
    return value


def test_order_comments_and_yaml_style_mean_nothing() -> None:
    """The same document in reverse order, without its comments, anchors and folded texts, is equal."""
    other = reordered(fresh())
    assert json.dumps(other) != json.dumps(fresh())
    old = load_document("old", (ROOT / "spec/timeline-v3.yaml").read_bytes())
    new = load_document("new", yaml.safe_dump(other, width=60, sort_keys=False).encode())
    assert changes(new.data, old.data) == []


@pytest.mark.parametrize(("old", "new"), [(True, 1), (0, False), (1, 1.5), ("1", 1), (None, ""), ([], {}), (None, [])])
def test_values_that_are_equal_only_in_python_differ(old: Any, new: Any) -> None:
    """In JSON, true is not 1."""
    before, after = (patched(("components schemas Links x-any", value)) for value in (old, new))
    assert [change.kind for change in changes(after, before)] == [Kind.NOTE]
