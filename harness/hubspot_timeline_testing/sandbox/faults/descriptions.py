"""What each fault is, in words for people."""

from collections.abc import Mapping

from hubspot_timeline_testing.sandbox.faults.kinds import EventFault, Fault

SAYS: Mapping[Fault | EventFault, str] = {
    Fault.HTTP_500: "500 with an error body of the service",
    Fault.HTTP_502: "502 with an HTML page of a gateway",
    Fault.HTTP_503: "503 with an error body of the service",
    Fault.LIMITED: "429 in the vendor's shape, with Retry-After: 1",
    Fault.LIMITED_DAILY: "429 of the daily limit, which does not pass by waiting",
    Fault.LOCKED: "423",
    Fault.MIGRATING: "477, with Retry-After: 1",
    Fault.EXPIRED_TOKEN: "401 EXPIRED_AUTHENTICATION",
    Fault.MISSING_SCOPES: "403 MISSING_SCOPES",
    Fault.RESET_BEFORE: "the connection is reset without a byte of an answer, nothing is done",
    Fault.HTTP_520_AFTER: "520 with an HTML page of a gateway, though the work is done",
    Fault.RESET_AFTER: "the connection is reset without a byte of an answer, though the work is done",
    Fault.TRUNCATED: "the head and half of the body, then the connection breaks",
    Fault.SLOW_BODY: "all of the body, in small pieces with a wait before each",
    Fault.EMPTY: "a success without a body",
    Fault.NO_RESULTS: "a success with neither results nor errors",
    Fault.HTML_SUCCESS: "201 with an HTML page",
    Fault.HALF_NAMED: "only every second result",
    Fault.SHUFFLED: "the results in reverse order",
    Fault.STATUS_200: "200 where 201 belongs",
    Fault.UNKNOWN_WORD: "the status word FINISHED",
    Fault.COMPLETED: "the status word COMPLETED",
    Fault.OVERSIZED: "the same JSON, with 20 MB of whitespace in it",
    Fault.WRONG_IDS: "results under ids that nobody sent",
    EventFault.REFUSE: "of events: that event alone gets an error in a 207",
    EventFault.REFUSE_BATCH: "of events: the whole batch is a 400 that names nobody",
}
"""By the word in plans."""
