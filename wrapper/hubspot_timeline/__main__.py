"""`python -m hubspot_timeline` is the command `hubspot-timeline`."""

from hubspot_timeline.cli import main

main()
