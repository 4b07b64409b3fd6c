"""The browser that shows the site and the page of a sandbox."""

from tests.sandbox.conftest import chrome as chrome  # noqa: PLC0414 - a fixture
