"""Which operation of a document is which of another."""

from attrs import frozen

from changes.routes import Route

Pair = tuple[Route, Route]


@frozen
class Matched:
    """Which operation was which; an operation that stands elsewhere is known by its name."""

    pairs: list[Pair]
    gone: list[Route]
    new: list[Route]


def matched(old: list[Route], new: list[Route]) -> Matched:
    """Pair operations by path and method, then by name."""
    pairs = [(one, other) for one in old for other in new if one.pointer == other.pointer]
    known = {id(route) for pair in pairs for route in pair}
    gone, more = ([route for route in each if id(route) not in known] for each in (old, new))
    names = {route.name: route for route in more}
    moved = [(route, names.pop(route.name)) for route in gone if route.name in names]
    known = {id(route) for pair in moved for route in pair}
    return Matched(
        pairs + moved,
        [route for route in gone if id(route) not in known],
        [route for route in more if id(route) not in known],
    )
