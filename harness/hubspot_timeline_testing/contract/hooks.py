"""Schemathesis, set up for the document and one server."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.config import (
    AnalysisConfig,
    CacheConfig,
    ChecksConfig,
    ConstantsConfig,
    GenerationConfig,
    HealthCheck,
    NotAServerErrorConfig,
    OutputConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    TruncationConfig,
)
from schemathesis.engine.core import Engine, ExecutionPlan
from schemathesis.engine.run import PhaseName
from schemathesis.specs.openapi.schemas import OpenApiSchema

from hubspot_timeline_testing.contract.transport import Courier, Line
from hubspot_timeline_testing.contract.links import with_links
from hubspot_timeline_testing.contract.settings import PHASES, ContractSettings
from hubspot_timeline_testing.contract.redaction import Secret
from hubspot_timeline_testing.openapi import document, operations

if TYPE_CHECKING:
    from schemathesis.engine.core import EventStream

_UNASKED = (PhaseName.PROBING, PhaseName.AUTH_BOOTSTRAP)
"""Phases that send requests of their own, beside the transport."""


class _Engine(Engine):
    def _create_execution_plan(self) -> ExecutionPlan:
        plan = super()._create_execution_plan()
        return ExecutionPlan([phase for phase in plan.phases if phase.name not in _UNASKED])


def schema_for(url: str, secret: Secret, settings: ContractSettings, line: Line) -> OpenApiSchema:
    """Return the document as Schemathesis knows it, with all operations."""
    return _schema(url, _config(url, secret, settings), Courier(url, line, settings.timeout))


def start(schema: OpenApiSchema, settings: ContractSettings) -> "EventStream":
    """Return the events of a run, which begins with the first of them."""
    wanted: Any = schema.include(operation_id=list(settings.operations))
    wanted.adapt_to_null_byte_in_header_failure()  # no server takes NUL there; asking for it would be the probing
    return _Engine(schema=wanted).execute()


def _schema(url: str, config: SchemathesisConfig, courier: Courier) -> OpenApiSchema:
    class Schema(OpenApiSchema):
        @property
        def transport(self) -> Any:
            return courier

    loaded = schemathesis.openapi.from_dict(_document(url, config.seed), config=config)
    return Schema(loaded.raw_schema, config=loaded.config)


def _document(url: str, seed: int) -> dict[str, Any]:
    """Return the document with the server's URL, and with examples of events whose ids no other run has sent."""
    raw = deepcopy(document())
    raw["servers"] = [{"url": url}]  # nothing may fall back to the vendor's
    for operation in ("create_event", "create_events"):
        method, path = operations()[operation]
        content = raw["paths"][path][method.lower()]["requestBody"]["content"]["application/json"]
        for name, example in content["examples"].items():
            for event in example["value"].get("inputs", [example["value"]]):
                event["id"] = f"{event['id']}-{operation}-{name}-{seed}"
    return with_links(raw)


def _config(url: str, secret: Secret, settings: ContractSettings) -> SchemathesisConfig:
    project = ProjectConfig(
        base_url=url,
        headers={"Authorization": secret.bearer},
        continue_on_failure=True,
        max_redirects=0,
        request_timeout=settings.timeout,
        parameters={} if settings.app_id is None else {"path.appId": settings.app_id},
        generation=GenerationConfig(max_examples=settings.max_examples, database="none"),
        checks=_checks(),
        phases=_phases(settings),
        analysis=AnalysisConfig(constants=ConstantsConfig(enabled=False)),
    )
    return SchemathesisConfig(
        seed=settings.seed,
        max_time=settings.max_time,
        cache=CacheConfig(enabled=False),  # what an earlier run learnt would change what this one sends
        suppress_health_check=[HealthCheck.all],
        output=OutputConfig(truncation=TruncationConfig(max_recorded_payload_size=0)),
        projects=ProjectsConfig(default=project),
    )


def _checks() -> ChecksConfig:
    return ChecksConfig(not_a_server_error=NotAServerErrorConfig(expected_statuses=["2xx", "3xx", "4xx"]))


def _phases(settings: ContractSettings) -> PhasesConfig:
    phases = PhasesConfig()
    phases.stateful.inference.algorithms.clear()  # the links are written
    for name in PHASES:
        phases.get_by_name(name=name).enabled = name in settings.phases
    return phases


def operation_of(method: str, path: str) -> str:
    """Return the operationId for a method in capitals and a path of the document."""
    return next(name for name, place in operations().items() if place == (method.upper(), path))
