"""Properties of refused batches: invalid events are isolated in few requests, and take no valid one with them (G3)."""

from math import ceil, log2
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from hubspot_timeline import Created, Rejected, RetryPolicy
from tests.helpers.examples import examples
from tests.helpers.model_service import DeliveryRun, ModelService, Refusal, drive, items

WHOLE = Refusal.WHOLE_BATCH
IDS = [f"e{n}" for n in range(128)]
counts = st.integers(1, len(IDS))
few_ids = st.sets(st.sampled_from(IDS), max_size=6)


def run_of(service: ModelService, count: int) -> DeliveryRun:
    """Return the delivery of a batch, of which all valid events were created and all others rejected."""
    run = drive(items(*IDS[:count]), service.reply, RetryPolicy())
    for name in IDS[:count]:
        assert run.outcome_types[name] is (Rejected if name in service.invalid else Created)
        assert (name in service.created) == (name not in service.invalid)
    return run


@given(count=counts, invalid=few_ids)
@settings(max_examples=examples(100, 2_000))
def test_a_batch_that_is_refused_whole_is_split_until_the_invalid_events_are_alone(
    count: int, invalid: set[str]
) -> None:
    """Finding k invalid of n events takes at most 1 + 2 k log2 n requests."""
    service = ModelService(invalid=invalid, refusal=WHOLE)

    run = run_of(service, count)

    assert run.result.requests <= 1 + 2 * len(invalid & set(IDS[:count])) * ceil(log2(count))


@given(count=counts, invalid=few_ids, refusal=st.sampled_from([Refusal.NAMED, Refusal.UNNAMED]))
def test_a_partial_response_with_an_error_for_each_invalid_event_takes_one_request(
    count: int, invalid: set[str], refusal: Refusal
) -> None:
    """Whether the errors name their events or not: as many errors as events mean that each is refused."""
    assert run_of(ModelService(invalid=invalid, refusal=refusal), count).result.requests == 1


@given(count=counts, invalid=few_ids)
def test_a_single_error_for_several_events_is_attributed_by_splitting(count: int, invalid: set[str]) -> None:
    """Only the k events that the response leaves open are sent again, in at most k + log2 k requests."""
    run = run_of(ModelService(invalid=invalid, refusal=Refusal.SINGLE_UNNAMED), count)

    left = len(invalid & set(IDS[:count]))
    assert run.result.requests <= (left + ceil(log2(left)) if left else 1)


@given(count=counts, service=st.sampled_from([ModelService(existing=IDS), ModelService(invalid=IDS, refusal=WHOLE)]))
@settings(max_examples=examples(100, 1_000))
def test_events_that_are_all_refused_without_names_are_soon_sent_alone(count: int, service: ModelService) -> None:
    """In n + log2 n requests, as for a file that is sent again; splitting alone would take 2 n - 1."""
    run = drive(items(*IDS[:count]), service.reply, RetryPolicy())

    assert set(run.outcome_types.values()) == {Rejected}
    assert run.result.requests <= count + ceil(log2(count))


@given(bad=st.lists(st.booleans(), min_size=2, max_size=128))
@settings(max_examples=examples(200, 2_000))
def test_any_number_of_duplicates_is_found_within_both_bounds(bad: list[bool]) -> None:
    """Finding k duplicates of n events takes at most 1 + 2 k log2 n requests, and never 2 n."""
    service = ModelService(existing=[name for name, is_bad in zip(IDS, bad, strict=False) if is_bad])

    run = drive(items(*IDS[: len(bad)]), service.reply, RetryPolicy())

    assert run.result.requests <= min(1 + 2 * sum(bad) * ceil(log2(len(bad))), 2 * len(bad) - 1)


@given(count=counts, existing=few_ids, option=st.sampled_from(["ok", "reject"]))
def test_a_refusal_that_names_its_events_takes_one_request_more(
    count: int, existing: set[str], option: Literal["ok", "reject"]
) -> None:
    """A 409 for the batch lists the duplicates; the others are sent again together, if there are any."""
    service = ModelService(existing=existing, names_duplicates=True)

    run = drive(items(*IDS[:count]), service.reply, RetryPolicy(), duplicates=option)

    duplicates = existing & set(IDS[:count])
    existed = {each.id for each in run.result.outcomes if isinstance(each, Created) and each.existed}
    rejected = {name for name, kind in run.outcome_types.items() if kind is Rejected}
    assert (existed, rejected) == ((duplicates, set()) if option == "ok" else (set(), duplicates))
    assert set(service.created) == existing | set(IDS[:count])
    assert run.result.requests == 1 + (0 < len(duplicates) < count)
