"""A run with the same seed sends the same requests again."""

from contract_runs import Exchange, contract, flawed
from examples import examples

AMOUNT = examples(3, 40)


def sent_with(seed: int) -> list[tuple[str, str, bytes]]:
    sent: list[tuple[str, str, bytes]] = []

    def note(done: Exchange) -> Exchange:
        sent.append((done.method, done.path, done.sent))
        return done

    with flawed(note) as url:
        report = contract(url, seed=seed, max_examples=AMOUNT, phases=["examples", "coverage", "fuzzing", "stateful"])
    assert report.settings.seed == seed
    return sent


def test_the_same_seed_sends_the_same_requests() -> None:
    """In the same order, to a server that answers the same."""
    first, again = sent_with(7), sent_with(7)
    assert len(first) > 100
    assert first == again


def test_another_seed_sends_others() -> None:
    """So that many runs look at more."""
    assert set(sent_with(7)) != set(sent_with(8))


def test_a_seed_that_is_drawn_is_told() -> None:
    """So that the run can be repeated; two are hardly ever the same."""
    with flawed(lambda done: done) as url:
        seeds = {contract(url, seed=None, operations=["list_templates"]).settings.seed for _ in range(2)}
    assert len(seeds) == 2
