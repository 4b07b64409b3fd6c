"""One change of the document, and the place that it is found at."""

from attrs import evolve, field, frozen

from changes.change_kinds import BOTH, Kind, Level, Use, level_of
from changes.formatting import code
from changes.pointers import Pointer


@frozen
class Touch:
    """A part of the client that a part of the document is written into; `member` is a field or an argument of it."""

    scope: str
    member: str = ""


@frozen
class Change:
    """One change; `fact` says what is different, `removed` that the pointer leads into the older document only.

    `covers` are further places where the same change shows.
    """

    kind: Kind
    level: Level
    pointer: Pointer
    subject: str
    fact: str
    use: frozenset[Use]
    operations: tuple[str, ...] = ()
    touches: tuple[Touch, ...] = ()
    removed: bool = False
    covers: tuple[Pointer, ...] = ()


@frozen
class Place:
    """Where the comparison is: what people call it, where it is used, what is generated from it."""

    pointer: Pointer
    subject: str
    use: frozenset[Use] = BOTH
    operations: tuple[str, ...] = ()
    touches: tuple[Touch, ...] = ()
    schema: str = field(default="")

    def below(self, *keys: str, subject: str | None = None) -> "Place":
        """Return a place inside this one."""
        return evolve(self, pointer=(*self.pointer, *keys), subject=self.subject if subject is None else subject)

    def change(self, kind: Kind, fact: str, *, removed: bool = False, covers: tuple[Pointer, ...] = ()) -> Change:
        """Return a change at this place; `fact` goes on where the subject ends."""
        return Change(
            kind, level_of(kind, self.use), self.pointer, self.subject, f"{code(self.subject)} {fact}".strip(),
            self.use, self.operations, self.touches, removed, covers,
        )  # fmt: skip
