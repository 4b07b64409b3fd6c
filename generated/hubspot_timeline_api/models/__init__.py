"""Contains all the data models used in inputs/outputs"""

from .batch_error import BatchError
from .batch_error_sub_category import BatchErrorSubCategory
from .batch_status import BatchStatus
from .error_body import ErrorBody
from .error_context import ErrorContext
from .error_detail import ErrorDetail
from .event_detail import EventDetail
from .event_tokens import EventTokens
from .extra_data import ExtraData
from .links import Links
from .timeline_event import TimelineEvent
from .timeline_event_batch import TimelineEventBatch
from .timeline_event_batch_result import TimelineEventBatchResult
from .timeline_event_result import TimelineEventResult
from .timeline_event_template import TimelineEventTemplate
from .timeline_event_template_create import TimelineEventTemplateCreate
from .timeline_event_template_list import TimelineEventTemplateList
from .timeline_event_template_token import TimelineEventTemplateToken
from .timeline_event_template_token_option import TimelineEventTemplateTokenOption
from .timeline_event_template_token_update import TimelineEventTemplateTokenUpdate
from .timeline_event_template_update import TimelineEventTemplateUpdate
from .timeline_i_frame import TimelineIFrame
from .token_type import TokenType

__all__ = (
    "BatchError",
    "BatchErrorSubCategory",
    "BatchStatus",
    "ErrorBody",
    "ErrorContext",
    "ErrorDetail",
    "EventDetail",
    "EventTokens",
    "ExtraData",
    "Links",
    "TimelineEvent",
    "TimelineEventBatch",
    "TimelineEventBatchResult",
    "TimelineEventResult",
    "TimelineEventTemplate",
    "TimelineEventTemplateCreate",
    "TimelineEventTemplateList",
    "TimelineEventTemplateToken",
    "TimelineEventTemplateTokenOption",
    "TimelineEventTemplateTokenUpdate",
    "TimelineEventTemplateUpdate",
    "TimelineIFrame",
    "TokenType",
)
