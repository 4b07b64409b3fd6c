"""The version of the distribution is the same wherever it is written or asked for."""

import tomllib

import pytest
import yaml

import hubspot_timeline
import hubspot_timeline_testing
from tests.helpers.command import run_here
from tests.helpers.document import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_both_packages_and_the_command_have_the_version() -> None:
    """And no other attribute that does not exist."""
    assert hubspot_timeline.__version__ == hubspot_timeline_testing.__version__ == PROJECT["version"]
    assert run_here("--version").out == f"{PROJECT['version']}\n"
    for package in (hubspot_timeline, hubspot_timeline_testing):
        with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'verison'"):
            package.verison  # noqa: B018 - misspelt on purpose


def test_the_citation_is_of_this_version() -> None:
    """And of the repository that the package index shows."""
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    assert citation["authors"] == PROJECT["authors"]
