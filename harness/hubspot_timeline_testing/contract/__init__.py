"""Contract checks: whether a server, any server, keeps the contract of the OpenAPI document.

`verify` runs Schemathesis in another process and needs the extra `hubspot-timeline[contract]`. `hooks`, which imports
Schemathesis, is not imported here.
"""

import hubspot_timeline_testing

with hubspot_timeline_testing.needs("contract"):
    from hubspot_timeline_testing.contract.report import ContractReport, Verdict
    from hubspot_timeline_testing.contract.results import Finding, OperationResult
    from hubspot_timeline_testing.contract.settings import ContractSettings, ContractUsageError
    from hubspot_timeline_testing.contract.verification import verify

__all__ = [
    "ContractReport",
    "ContractSettings",
    "ContractUsageError",
    "Finding",
    "OperationResult",
    "Verdict",
    "verify",
]
