"""All mutants, and the sample of them that every run of the tests tries."""

from collections.abc import Sequence
from itertools import groupby

from tests.mutants.locations import Document, Mutant
from tests.mutants.operation_mutants import operation_mutants
from tests.mutants.schema_mutants import schema_mutants

_OF_EACH_KIND = 2


def all_mutants(document: Document) -> list[Mutant]:
    """Return every change of one place in a document, kind by kind."""
    found = [*schema_mutants(document), *operation_mutants(document)]
    return sorted(found, key=lambda mutant: (mutant.kind, mutant.name))


def sample(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Return the same few of each kind every time, from the beginning and the middle."""
    chosen = []
    for _, group in groupby(mutants, key=lambda mutant: mutant.kind):
        of_kind = list(group)
        chosen += of_kind[:: max(1, len(of_kind) // _OF_EACH_KIND)][:_OF_EACH_KIND]
    return chosen
