"""Calibration: measures on a user's own test account how the service behaves where nobody documents it.

`calibrate` makes small experiments, each of which decides one setting of the sandbox or one fact. It needs the extra
`hubspot-timeline[sandbox]`.
"""

import hubspot_timeline_testing

with hubspot_timeline_testing.needs("sandbox"):
    from hubspot_timeline_testing.calibration.account import AccountError
    from hubspot_timeline_testing.calibration.calibration import calibrate, check_target
    from hubspot_timeline_testing.calibration.plan import Plan, plan_of
    from hubspot_timeline_testing.calibration.report import markdown
    from hubspot_timeline_testing.calibration.results import Calibration, Fact, Step
    from hubspot_timeline_testing.calibration.settings import CalibrationSettings

__all__ = [
    "AccountError",
    "Calibration",
    "CalibrationSettings",
    "Fact",
    "Plan",
    "Step",
    "calibrate",
    "check_target",
    "markdown",
    "plan_of",
]
