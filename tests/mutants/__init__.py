"""Asks of each place in the document: what if it changed, would anybody notice.

Each change of one place, a mutant, is made in a copy; a client is generated from that, and the checks of the unchanged
document are run against that client and against a sandbox that goes by the changed document.
"""
