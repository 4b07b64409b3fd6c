"""The dlt destination `hubspot_timeline`."""

from importlib.util import find_spec

if find_spec("dlt") is None:
    raise ImportError("dlt is missing: pip install 'hubspot-timeline[dlt]' (in a clone: pip install -e '.[dlt]')")

from hubspot_timeline.dlt.destination import hubspot_timeline

__all__ = ["hubspot_timeline"]
