"""A file that records what became of each event, so that an interrupted run can be resumed."""
