"""Train the same network with every activation, and keep each run in lib/data/choosing.csv: `make choosing`.

Tuned alike: each activation is tried with the same starts, depths, rates and seeds; for a seed all draw the same
numbers and see the same batches. A part of the training data is held out for validation. By it, the start and the
rate of each activation are chosen. Then the chosen ones are trained anew with other seeds, and only these networks
are asked the test data. Ten more seeds judge a second time: what they overturn was luck.

It may be stopped at any moment, and goes on from there: each run that is finished is a line of the file, and a
line that was cut short is dropped. Nothing but the run's own numbers draws anything, so that every line can be
made again by itself.

At the end, what a step of this training takes with each activation is measured and kept in lib/data/steps.csv.
"""

from __future__ import annotations

import argparse
import platform
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product
from math import sqrt
from pathlib import Path
from time import process_time_ns
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

import lib
from tools.benchmark import processor

TARGET = Path(lib.__file__).with_name("data") / "choosing.csv"
TIMES = TARGET.with_name("steps.csv")

# CELU(1) is ELU(1), swish(1) is SiLU, and GELU by tanh differs from GELU by less than 0.0005. PReLU is a layer.
ACTIVATIONS = [
    lib.step, lib.identity, lib.sigmoid, lib.hard_sigmoid, lib.tanh, lib.hard_tanh, lib.relu, lib.relu6,
    lib.leaky_relu(), "PReLU", lib.softplus, lib.elu(), lib.selu, lib.gelu, lib.silu, lib.hard_swish, lib.mish,
]
BY_NAME = {getattr(activation, "name", activation): activation for activation in ACTIVATIONS}
STARTS = ["fitted", "LeCun", "He"]  # the variance of a weight times its inputs: 1 / E f(z)², 1, or 2
DEPTHS = [1, 3, 8]  # hidden layers
RATES = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3]
DATA = ["digits", "letters"]
TUNING, JUDGING, AGAIN = range(3), range(10, 20), range(20, 30)  # seeds: those that chose do not judge
WIDTH, BATCH, STEPS = 32, 64, 300
ASKED = 1000  # training examples, for the loss and the dead units
ROUNDS, TURNS = 41, 20  # for the times: in a round each activation takes some steps

HEADER = """\
# Made by `make choosing`: hidden layers of 32 units, Adam, 300 steps of 64 examples. One line a run. on: which data were
# asked; validation chooses, test judges. start: how large the weights begin. right: right answers, of {sizes}.
# loss: on 1000 training examples, at the end; nan if it is no number. dead: the share of hidden units that none of these
# gives a slope of more than a thousandth of the largest one that the activation has.
on,data,activation,start,depth,rate,seed,right,loss,dead
"""
TIMES_HEADER = """\
# Made by `make choosing` ({rounds} rounds, one core of a machine with {processor}; Python {python}, numpy {numpy}).
# A training step of the network of choosing.csv, on the digits. us: microseconds of the processor, the median over the
# rounds. ratio: in units of ReLU's step of the same round, the median; low, high: the quartiles.
activation,depth,us,ratio,low,high
"""


class Run(NamedTuple):
    """What tells one run from all others."""

    on: str  # "validation" or "test"
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


def tuning() -> Iterator[Run]:
    """Every run by which something is chosen."""
    for seed, data, depth, start, rate, activation in product(TUNING, DATA, DEPTHS, STARTS, RATES, BY_NAME):
        yield Run("validation", data, activation, start, depth, rate, seed)


def judging(kept: Mapping[Run, str]) -> Iterator[Run]:
    """Every run that judges, the first time and again: for each activation, set and depth the best start and rate tuned.

    Best is who has the most right answers on the validation data, over the seeds; of equals, the first in `tuning`.
    """
    total: dict[tuple, int] = defaultdict(int)
    for run in tuning():
        total[run.data, run.depth, run.activation, run.start, run.rate] += int(kept[run].split(",")[len(run)])
    for seeds, data, depth, activation in product([JUDGING, AGAIN], DATA, DEPTHS, BY_NAME):
        start, rate = max(product(STARTS, RATES), key=lambda choice: total[data, depth, activation, *choice])  # noqa: B023
        for seed in seeds:
            yield Run("test", data, activation, start, depth, rate, seed)


@cache
def parts(name: str) -> Parts:
    """Hold out every fifth of the training data of a set, for validation."""
    data = {"digits": lib.digits, "letters": lib.letters}[name]()
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
    """Tell the share of hidden units that let next to no gradient through, whichever example is shown.

    Asked alike of all: a unit is dead if its slope is nowhere above a thousandth of the largest one its activation has.
    So a ReLU that is silent counts, a saturated tanh, and every unit of a step, which has no slope at all.
    """
    trace, dead = model.forward(x), []
    for layer, seen in zip(model.layers[:-1], trace):
        if isinstance(layer, lib.PReLU):
            slopes, largest = np.where(seen.z > 0, 1, np.abs(layer.slopes)), np.maximum(1, np.abs(layer.slopes))
        elif layer.activation is lib.identity and isinstance(model.layers[1], lib.PReLU):
            continue  # the sums that a PReLU bends
        else:
            slopes = np.abs(layer.activation.derivative(seen.z))
            largest = layer.activation.derivative(np.linspace(-8, 8, 1601)).max()
        dead.append(slopes.max(axis=0) <= largest / 1000)
    return float(np.mean(dead))


def learn(model: lib.Network, update, x: np.ndarray, y: np.ndarray) -> None:
    """Take one step of training."""
    trace = model.forward(x)
    update(model.parameters, model.backward(trace, lib.cross_entropy.gradient(trace[-1].a, y)))


def result(run: Run) -> str:
    """Train, and give the line of the file."""
    training, validation, test = parts(run.data)
    x, y = training
    model, rng = network(run, x.shape[1], int(y.max()) + 1), np.random.default_rng([run.seed, 1])
    update = lib.adam(run.rate)
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            batch = rng.choice(len(x), BATCH, replace=False)
            learn(model, update, x[batch], y[batch])
        loss = lib.cross_entropy.value(model(x[:ASKED]), y[:ASKED])
        x_asked, y_asked = {"validation": validation, "test": test}[run.on]
        right = round(lib.accuracy(model(x_asked), y_asked) * len(y_asked))
        dead = dead_share(model, x[:ASKED])
    return ",".join([*map(str, run), str(right), f"{loss:.3g}", f"{dead:.3g}"])


def finished(text: str) -> dict[Run, str]:
    """Read the runs of a file, which may end in the middle of a line."""
    found = {}
    for line in text[: text.rfind("\n") + 1].splitlines():
        if not line.startswith(("#", "on,")):
            on, data, activation, start, depth, rate, seed, *_ = line.split(",")
            found[Run(on, data, activation, start, int(depth), float(rate), int(seed))] = line
    return found


def header() -> str:
    """The first lines of the file."""
    sizes = [f"{len(parts(name).validation[1])} and {len(parts(name).test[1])} ({name})" for name in DATA]
    return HEADER.format(sizes=", ".join(sizes))


def sweep(target: Path, planned: Iterable[Run], progress=tqdm) -> dict[Run, str]:
    """Do what is still to be done of the planned runs, add each to the file as it is finished, and give all there are."""
    planned = list(planned)
    done = finished(target.read_text(encoding="utf-8")) if target.exists() else {}
    # Begin with a whole file, so that a line cut short is gone; it takes the old one's place in one step.
    whole = target.with_suffix(".part")
    whole.write_text(header() + "".join(line + "\n" for line in done.values()), encoding="utf-8")
    whole.replace(target)
    with target.open("a", encoding="utf-8") as file:
        for run in progress([run for run in planned if run not in done]):
            done[run] = result(run)
            file.write(done[run] + "\n")
            file.flush()
    return done


def times(rounds: int = ROUNDS, turns: int = TURNS) -> Iterator[tuple]:
    """Measure a training step of every activation at every depth: rows of the table of times."""
    x, y = (array[:BATCH] for array in parts("digits").training)
    for depth in DEPTHS:
        models = {name: network(Run("", "digits", name, "fitted", depth, RATES[0], 0), x.shape[1], 10) for name in BY_NAME}
        updates = {name: lib.adam(RATES[0]) for name in models}
        taken: dict[str, list[float]] = {name: [] for name in models}
        for _, (name, model) in product(range(rounds), models.items()):
            began = process_time_ns()
            for _ in range(turns):
                learn(model, updates[name], x, y)
            taken[name].append((process_time_ns() - began) / turns / 1000)
        for name, each in taken.items():
            low, ratio, high = np.percentile(np.divide(each, taken["ReLU"]), [25, 50, 75])
            yield name, depth, float(np.median(each)), float(ratio), float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--again", action="store_true", help="begin anew, and forget the runs that are kept")
    if parser.parse_args().again:
        for target in (TARGET, TIMES):
            target.unlink(missing_ok=True)
    kept = sweep(TARGET, tuning())
    sweep(TARGET, judging(kept))
    if not TIMES.exists():
        told = {"rounds": ROUNDS, "processor": processor(), "python": platform.python_version(), "numpy": np.__version__}
        rows = ["{},{},{:.1f},{:.3f},{:.3f},{:.3f}\n".format(*row) for row in times()]
        TIMES.write_text(TIMES_HEADER.format(**told) + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
