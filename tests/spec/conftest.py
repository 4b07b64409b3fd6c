"""Fixtures for the tests of `make diff`."""

from pathlib import Path

import pytest

from tests.helpers.changed_document import Scratch, scratch


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """Return the repository that each test clones."""
    return scratch(tmp_path_factory.mktemp("seed"))


@pytest.fixture
def clone(seed: Scratch, tmp_path: Path) -> Scratch:
    """Return a clone in which nothing has changed."""
    seed.git("clone", "--quiet", str(seed.root), str(tmp_path / "clone"))
    return Scratch(tmp_path / "clone")
