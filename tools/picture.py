"""Draw the picture in README.md: `python tools/picture.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lib import (
    accuracy,
    adam,
    beside,
    cross_entropy,
    dense_network,
    he_normal,
    identity,
    regions,
    relu,
    sigmoid,
    spirals,
    train,
)

TARGET = Path(__file__).resolve().parent.parent / ".github" / "picture.svg"


def main() -> None:
    x, y = spirals(np.random.default_rng(1), 200)
    drawn = []
    for activation in (identity, sigmoid, relu):
        # As on the welcome page.
        network = dense_network(np.random.default_rng(0), [2, 16, 16, 2], activation, he_normal)
        rng = np.random.default_rng(0)
        train(network, (x, y), cross_entropy, adam(0.01), epochs=300, batch_size=50, rng=rng)
        title = f"{activation.name}: {accuracy(network(x), y):.0%} are right"
        drawn.append(regions(network, x, y, title=title))
    TARGET.write_text(beside(*drawn).svg + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
