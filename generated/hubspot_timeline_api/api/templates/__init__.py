"""The operations of one tag; `…_request` builds the request of an operation without sending it."""

from .create_template import _get_kwargs as create_template_request
from .create_token import _get_kwargs as create_token_request
from .delete_template import _get_kwargs as delete_template_request
from .delete_token import _get_kwargs as delete_token_request
from .get_template import _get_kwargs as get_template_request
from .list_templates import _get_kwargs as list_templates_request
from .update_template import _get_kwargs as update_template_request
from .update_token import _get_kwargs as update_token_request

__all__ = (
    "list_templates_request",
    "create_template_request",
    "get_template_request",
    "update_template_request",
    "delete_template_request",
    "create_token_request",
    "update_token_request",
    "delete_token_request",
)
