"""The background queues: one for threads and one for coroutines."""

from hubspot_timeline.queue.asynchronous import AsyncTimelineQueue
from hubspot_timeline.queue.options import OnFull, QueueOptions
from hubspot_timeline.queue.threaded import TimelineQueue

__all__ = ["AsyncTimelineQueue", "OnFull", "QueueOptions", "TimelineQueue"]
