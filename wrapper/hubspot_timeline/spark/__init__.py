"""Spark: events of a DataFrame as tasks that keep to the rate limit of each account, and their outcomes as a DataFrame.

The data source `hubspot_timeline` itself is in the package `pyspark_hubspot_timeline`, where Spark finds it.
"""

from importlib.util import find_spec

for _package in ("pyarrow", "pyspark"):
    if find_spec(_package) is None:
        raise ImportError(
            f"{_package} is missing: pip install 'hubspot-timeline[spark]' (in a clone: pip install -e '.[spark]'); "
            "where no cluster brings pyspark, also pip install pyspark"
        )

from hubspot_timeline.spark.frames import events_by_account, outcomes  # noqa: E402 - needs both

__all__ = ["events_by_account", "outcomes"]
