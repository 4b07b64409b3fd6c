"""What happens to a batch, without I/O: batches, retry decisions, reconciliation, outcomes."""
