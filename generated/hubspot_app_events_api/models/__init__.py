"""Contains all the data models used in inputs/outputs"""

from .app_event import AppEvent
from .app_event_batch import AppEventBatch
from .app_event_batch_result import AppEventBatchResult
from .app_event_properties import AppEventProperties
from .batch_error import BatchError
from .batch_error_sub_category import BatchErrorSubCategory
from .batch_status import BatchStatus
from .developer_symbol import DeveloperSymbol
from .error_body import ErrorBody
from .error_context import ErrorContext
from .error_detail import ErrorDetail
from .event_type_name import EventTypeName
from .extra_data import ExtraData
from .links import Links
from .timeline_i_frame import TimelineIFrame

__all__ = (
    "AppEvent",
    "AppEventBatch",
    "AppEventBatchResult",
    "AppEventProperties",
    "BatchError",
    "BatchErrorSubCategory",
    "BatchStatus",
    "DeveloperSymbol",
    "ErrorBody",
    "ErrorContext",
    "ErrorDetail",
    "EventTypeName",
    "ExtraData",
    "Links",
    "TimelineIFrame",
)
