"""How a sandbox behaves where the service is undocumented or a test wants it otherwise."""

from typing import Literal, TypeAlias, get_args

from attrs import field, frozen
from attrs.validators import ge, in_

from hubspot_timeline.sandbox.faults.plan import FaultPlan
from hubspot_timeline.sandbox.state.limits import RequestLimit

DuplicateMode: TypeAlias = Literal["conflict", "in-use", "last-wins"]
"""What happens to a batch that holds an id which its template has already, or holds the same id twice.

conflict: 409 for the whole batch, as the successor of v3 answers. in-use: 400 for the whole batch, as v1 answered.
last-wins: the newer event replaces the older one, as an old text has it.
"""


@frozen(kw_only=True)
class SandboxSettings:
    """The settings of one sandbox. Raises ValueError for values that make no sense.

    `duplicates`: what v3 does is undocumented, so the default is an assumption: that it does as its successor does.
    `max_body_bytes`: a longer request body is refused with 413 while it is read; the service's own limit is unknown.
    `faults`: how it misbehaves. `limit`: the rate window of each bearer token; by default there is none.
    """

    duplicates: DuplicateMode = field(default="conflict", validator=in_(get_args(DuplicateMode)))
    max_body_bytes: int = field(default=20_000_000, validator=ge(1))
    faults: FaultPlan = field(factory=FaultPlan)
    limit: RequestLimit | None = None
