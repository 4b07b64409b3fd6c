"""The points in which a sandbox can behave one way or another."""

from typing import Literal, TypeAlias

DuplicateMode: TypeAlias = Literal["conflict", "in-use", "last-wins"]
"""What happens to a batch that holds an id which its template has already, or holds the same id twice.

conflict: 409 for the whole batch, as the successor of v3 answers. in-use: 400 for the whole batch, as v1 answered.
last-wins: the newer event replaces the older one, as an old text has it.
"""

InvalidMode: TypeAlias = Literal["partial", "refuse-batch"]
"""What happens to a batch in which an event breaks a rule that the document does not state.

partial: 207, and the others are created. refuse-batch: 400, and none is.
"""

NamingMode: TypeAlias = Literal["context", "id", "message", "nothing"]
"""How an error of a 207 says which event it is about: in its context under `id`, as its own `id`, in words, or not."""

TemplateMode: TypeAlias = Literal["lenient", "strict"]
"""lenient: an event of a template that the sandbox does not hold is taken as it is. strict: it is refused."""

RecordMode: TypeAlias = Literal["create", "must-exist"]
"""What an objectId does that no record has: it makes the record, for ease of testing, or it refuses the event."""

TypeMode: TypeAlias = Literal["lenient", "strict"]
"""lenient: numbers in tokens and epoch timestamps are taken, as documented. strict: only what the schemas say."""
