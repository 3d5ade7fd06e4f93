"""Train the same network with every activation, and keep each run in lib/data/choosing.csv: `make choosing`.

Tuned alike: every activation starts from weights that fit it, and is tried with the same depths, rates and
seeds; for a seed all draw the same numbers and see the same batches. A part of the training data is held out
for validation: by it a rate may be chosen, and the test data then judge the choice.

It may be stopped at any moment, and goes on from there: each run that is finished is a line of the file, and a
line that was cut short is dropped. Nothing but the run's own numbers draws anything, so that every line can be
made again by itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

import lib

TARGET = Path(lib.__file__).with_name("data") / "choosing.csv"

# CELU(1) is ELU(1), swish(1) is SiLU, and GELU by tanh differs from GELU by less than 0.0005. PReLU is a layer.
ACTIVATIONS = [
    lib.step, lib.identity, lib.sigmoid, lib.hard_sigmoid, lib.tanh, lib.hard_tanh, lib.relu, lib.relu6,
    lib.leaky_relu(), "PReLU", lib.softplus, lib.elu(), lib.selu, lib.gelu, lib.silu, lib.hard_swish, lib.mish,
]
BY_NAME = {getattr(activation, "name", activation): activation for activation in ACTIVATIONS}
STARTS = ["fitted"]  # the variance of a weight times its inputs: 1 / E f(z)²; "LeCun" has 1, "He" 2
DEPTHS = [1, 3, 8]  # hidden layers
RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
SEEDS = range(6)
DATA = ["tumours", "digits"]
WIDTH, BATCH, STEPS = 32, 64, 240

HEADER = """\
# Made by `make choosing`: hidden layers of 32 units, Adam, 240 steps of 64 examples. One line a run. start: how large the
# weights begin. validation, test: right answers, of {sizes}.
# loss: on the training data, at the end; nan if it is no number. diverged: 1 if that is worse than knowing nothing.
# dead: the share of hidden units that no training example gives a slope.
data,activation,start,depth,rate,seed,validation,test,loss,diverged,dead
"""


class Run(NamedTuple):
    """What tells one run from all others."""

    data: str
    activation: str
    start: str
    depth: int
    rate: float
    seed: int


class Parts(NamedTuple):
    """A data set in three parts, each a pair (x, y); the inputs have mean 0 and variance 1 in training."""

    training: tuple[np.ndarray, np.ndarray]
    validation: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


def runs() -> Iterator[Run]:
    """Every run there is; a start is finished before the next one begins, and so is a seed."""
    for start, seed, data, depth, rate, activation in product(STARTS, SEEDS, DATA, DEPTHS, RATES, BY_NAME):
        yield Run(data, activation, start, depth, rate, seed)


@cache
def parts(name: str) -> Parts:
    """Hold out every fifth of the training data of a set, for validation."""
    data = {"digits": lib.digits, "tumours": lib.tumours}[name]()
    held_out = np.arange(len(data.x_train)) % 5 == 4
    usual = data.x_train[~held_out]
    x, x_test = ((part - usual.mean()) / usual.std() for part in (data.x_train, data.x_test))
    return Parts((x[~held_out], data.y_train[~held_out]), (x[held_out], data.y_train[held_out]), (x_test, data.y_test))


def gain(start: str, activation: lib.Activation) -> float:
    """By what a layer multiplies the size of its input before the activation."""
    if start == "fitted":  # the sums of the next layer are as large as those of this one
        return 1 / sqrt(lib.expect(lambda z: activation(z) ** 2, kinks=activation.kinks))
    return {"LeCun": 1.0, "He": sqrt(2)}[start]


def network(run: Run, inputs: int, classes: int) -> lib.Network:
    """Make the network of a run, before training; the last layer has no activation, and starts by LeCun."""
    rng, activation = np.random.default_rng([run.seed, 0]), BY_NAME[run.activation]
    learned = activation == "PReLU"
    usual = lib.leaky_relu(0.25) if learned else activation  # what a PReLU starts as
    layers, fan_in = [], inputs
    for _ in range(run.depth):
        dense = lib.dense(rng, fan_in, WIDTH, lib.identity if learned else usual, lib.scaled_normal(gain(run.start, usual)))
        layers += [dense, lib.prelu(WIDTH)] if learned else [dense]
        fan_in = WIDTH
    return lib.Network([*layers, lib.dense(rng, fan_in, classes, lib.identity)])


def dead_share(model: lib.Network, x: np.ndarray) -> float:
    """Tell the share of hidden units whose slope is 0 on every example, so that no gradient comes through."""
    trace = model.forward(x)
    hidden = [(layer, seen) for layer, seen in zip(model.layers, trace) if isinstance(layer, lib.Dense)][:-1]
    return float(np.mean([np.all(layer.activation.derivative(seen.z) == 0, axis=0) for layer, seen in hidden]))


def result(run: Run) -> str:
    """Train, and give the line of the file."""
    training, validation, test = parts(run.data)
    x, y = training
    classes = int(y.max()) + 1
    model, rng = network(run, x.shape[1], classes), np.random.default_rng([run.seed, 1])
    update = lib.adam(run.rate)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            batch = rng.choice(len(x), BATCH, replace=False)
            trace = model.forward(x[batch])
            update(model.parameters, model.backward(trace, lib.cross_entropy.gradient(trace[-1].a, y[batch])))
        loss = lib.cross_entropy.value(model(x), y)
        right = [round(lib.accuracy(model(x), y) * len(y)) for x, y in (validation, test)]
        dead = dead_share(model, x)
    diverged = not loss <= np.log(classes)
    return ",".join([*map(str, run), *map(str, right), f"{loss:.3g}", str(int(diverged)), f"{dead:.3g}"])


def finished(text: str) -> dict[Run, str]:
    """Read the runs of a file, which may end in the middle of a line."""
    found = {}
    for line in text[: text.rfind("\n") + 1].splitlines():
        if not line.startswith(("#", "data,")):
            data, activation, start, depth, rate, seed, *_ = line.split(",")
            found[Run(data, activation, start, int(depth), float(rate), int(seed))] = line
    return found


def header() -> str:
    """The first lines of the file."""
    sizes = [f"{len(parts(name).validation[1])} and {len(parts(name).test[1])} ({name})" for name in DATA]
    return HEADER.format(sizes=", ".join(sizes))


def sweep(target: Path, planned: Iterable[Run], progress=tqdm) -> None:
    """Do what is still to be done of the planned runs, and add each to the file as it is finished."""
    planned = list(planned)
    done = finished(target.read_text(encoding="utf-8")) if target.exists() else {}
    # Begin with a whole file, so that a line cut short is gone; it takes the old one's place in one step.
    whole = target.with_suffix(".part")
    whole.write_text(header() + "".join(line + "\n" for line in done.values()), encoding="utf-8")
    whole.replace(target)
    with target.open("a", encoding="utf-8") as file:
        for run in progress([run for run in planned if run not in done]):
            file.write(result(run) + "\n")
            file.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--again", action="store_true", help="begin anew, and forget the runs that are kept")
    if parser.parse_args().again:
        TARGET.unlink(missing_ok=True)
    sweep(TARGET, runs())


if __name__ == "__main__":
    main()
