"""The background queues: their options, what they keep, and one for threads and one for coroutines."""
