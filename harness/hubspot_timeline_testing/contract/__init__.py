"""The contract of the document, run against any server, to find what it does that the document does not say.

`verify` needs the extra `hubspot-timeline[contract]`, which brings Schemathesis; the rest does not.
"""

from hubspot_timeline_testing.contract.known_deviations import ALLOWANCES
from hubspot_timeline_testing.contract.errors import ContractUsageError
from hubspot_timeline_testing.contract.report import ContractReport, Failure, OperationTally, Verdict
from hubspot_timeline_testing.contract.reports import render
from hubspot_timeline_testing.contract.settings import ContractSettings
from hubspot_timeline_testing.contract.verification import verify

__all__ = [
    "ALLOWANCES",
    "ContractReport",
    "ContractSettings",
    "ContractUsageError",
    "Failure",
    "OperationTally",
    "Verdict",
    "render",
    "verify",
]
