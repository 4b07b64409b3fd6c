"""The figures of a comparison as a plot."""

from pathlib import Path
from typing import Any

import matplotlib as mpl  # pyright: ignore[reportMissingImports]
from matplotlib import pyplot as plt  # pyright: ignore[reportMissingImports]


def colour(sender: str) -> str:
    """Return the colour of a sender's bar: grey for loops of one's own, blue for the vendor's clients, else orange."""
    if sender in ("bare", "generated"):
        return "#868e96"
    return "#4263eb" if sender in ("api-client", "sdk") else "#e8590c"


def plot(comparisons: list[dict[str, Any]], path: Path) -> None:
    """Draw throughput and CPU of all senders, a row of two for each case."""
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "hubspot-timeline"})  # the same figures, the same file
    figure, rows = plt.subplots(len(comparisons), 2, figsize=(11, 3.1 * len(comparisons)), squeeze=False)
    for (left, right), one in zip(rows, comparisons, strict=True):
        senders = list(one["senders"])[::-1]
        bars(left, senders, [one["senders"][name]["events_per_second"] / 1000 for name in senders], "{:,.1f}")
        bars(right, senders, [one["senders"][name]["cpu_us_per_event"] for name in senders], "{:,.1f}")
        left.set_title(one["case"], loc="left", fontsize=10, fontweight="bold")
        left.set_xlabel("thousand events a second (more is better)", fontsize=8)
        right.set_xlabel("microseconds of CPU for an event (less is better)", fontsize=8)
        right.set_yticklabels([])
    figure.suptitle("grey: a loop of one's own · blue: the vendor's clients · orange: this package", fontsize=9)
    figure.tight_layout(rect=(0, 0, 1, 0.99))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def bars(axes: Any, names: list[str], values: list[float], form: str) -> None:
    """Draw one bar a sender, with its figure beside it."""
    drawn = axes.barh(names, values, color=[colour(name) for name in names], height=0.7)
    axes.bar_label(drawn, [form.format(value) for value in values], padding=3, fontsize=8)
    axes.set_xlim(right=max(values) * 1.15)
    axes.tick_params(labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
