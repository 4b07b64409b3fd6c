"""Fault injection: the kinds of faults, plans of them, and what each does to a response."""
