"""Mutants that change nothing that anybody could notice, by name, with the reason."""

from collections.abc import Mapping

EQUIVALENTS: Mapping[str, str] = {}
