"""The operations: a request in, an answer out, the state changed in between."""
