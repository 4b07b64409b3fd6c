"""A file that records the outcome of each event, so that an interrupted run can be resumed."""
