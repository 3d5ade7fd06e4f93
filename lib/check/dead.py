"""Checks of chapter 10: dead units counted, the rate that kills, PReLU's gradient, a waking, a network mended."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..activations import identity, relu
from ..datasets import digits, moons
from ..initializers import he_normal
from ..layers import Dense
from ..losses import accuracy, cross_entropy
from ..networks import Network, dense_network
from ..optimizers import sgd
from ..training import train
from .frame import Claim, Wrong, ask, close, described, exercise, numbers, shown

_MENDED = 0.75  # read rightly after the second training; with the dead left as they are it is below 0.5


@exercise
def dead_share(share, *, most=0, spoken=()) -> Iterator[Claim]:
    """Judge a function that tells from a layer's answers which share of its units is dead.

    Parameters
    ----------
    share : function
        From the answers (examples, units) to the share, from 0 to 1.
    most : int, optional
        On how many examples a unit may speak that still counts as dead.
    spoken : sequence of int, optional
        Units of a further layer: on how many examples each of them speaks.
    """
    cases = {
        "a layer where every unit speaks now and then": [[0.0, 2.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 3.0]],
        "a layer of four units, one of them silent on all examples": [
            [0.0, 2.0, 0.0, 1.0],
            [0.5, 0.0, 0.0, 0.0],
            [0.0, 0.0, 0.0, 4.0],
        ],
        "a layer of two, one of which is often silent, and one always": [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1e-9, 0.0]],
        "a layer where nothing is ever said": [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]],
    }
    layers = {}
    if spoken := (most, most + 1, *spoken) if most else spoken:
        what = f"a layer of {len(spoken)} units that speak on {', '.join(map(str, spoken))} examples"
        layers[what] = np.where(np.arange(max(spoken) + 1)[:, None] < spoken, 0.5, 0.0)
    # Who speaks once in these, speaks once too often for a dead unit.
    layers |= {what: np.repeat(rows, most + 1, axis=0) for what, rows in cases.items()}
    for what, a in layers.items():
        true = float(np.mean((a != 0).sum(axis=0) <= most))
        given = float(numbers(ask(share, a, name="your share"), (), "what your share returns"))
        if close(given, true, 1e-9):
            yield Claim(True, f"For {what} it is {true:g}.")
            continue
        text = f"For {what}, {shown(a)}, the share is {true:g}; yours is {given:g}."
        if close(given, np.mean(a == 0), 1e-9):
            dead = f"speaks on {most} examples at the most" if most else "is silent on every example"
            text += f" This is the share of silent answers. A unit is dead if it {dead}."
        elif close(given, np.mean(~a.any(axis=1)), 1e-9):
            text += " This is the share of examples on which all units are silent: which axis holds the units?"
        elif close(given, true * a.shape[1], 1e-9):
            text += " This is how many there are, not their share."
        elif close(given, 1 - true, 1e-9):
            text += " This is the share of those that live."
        yield Claim(False, text)
        return


@exercise
def fatal_rate(rate, *, bias=1, seed=1) -> Iterator[Claim]:
    """Judge a function that tells the smallest rate at which one step silences a unit on all examples.

    Parameters
    ----------
    rate : function
        From the examples x (n, inputs), the sums z (n,) and the gradient of the loss by these
        sums, delta (n,), to the rate; infinity if no rate silences the unit. Right within 0.1%, from above.
    bias : number, optional
        How many times the rate the bias has.
    seed : int, optional
        Of the examples.
    """
    for what, x, z, delta in _steps(seed):
        true = _fatal(x, z, delta, bias)
        given = float(numbers(ask(rate, x, z, delta, name="your rate"), (), "what your rate returns"))
        if given == true or true * (1 - 1e-6) <= given <= true * 1.001:  # found on a fine grid, it will do
            yield Claim(True, f"For {what} it is {f'{true:.4f}' if true < np.inf else 'infinity: no rate silences this unit'}.")
            continue
        push = (x @ x.T + bias) @ delta
        text = f"For {what} your rate is {shown(given)}"
        if given < 0 or np.isnan(given):
            yield Claim(False, f"{text}. A rate is not below 0: are there sums that the step lifts?")
        elif given == np.inf:
            yield Claim(False, f"{text}, but at {true * 1.01:.4f} no example has a sum above 0.")
        elif (z - given * push > 1e-9).any():
            i = int(np.argmax(z - given * push))
            yield Claim(False, f"{text}, and there example {i} still has the sum {z[i] - given * push[i]:.4f}.")
        else:
            alone = close(given, np.max((z / (x @ x.T @ delta))[z > 0]), 1e-6)
            text += f". That is enough, but so is {min(true * 1.01, (true + given) / 2):.4f}."
            yield Claim(False, f"{text}{' The bias takes a step too.' if alone else ''}")
        return


@exercise
def prelu_backward(backward) -> Iterator[Claim]:
    """Judge the backward pass of a PReLU layer, by differences.

    Parameters
    ----------
    backward : function
        From the sums z (batch, units), the slopes (units,) and the gradient by the answers,
        upstream (batch, units), to the gradients by z and by the slopes.
    """
    z = np.array([[1.5, -0.5, -2.0], [-1.0, 2.0, 0.5], [-3.0, -0.25, -1.0], [0.75, -4.0, 1.0]])
    upstream = np.array([[1.0, -2.0, 0.5], [0.5, 1.0, -1.0], [-1.5, 2.0, 1.0], [2.0, -0.5, 0.25]])
    cases = {
        "slopes above 0": [0.25, 0.1, 1.5],
        "a slope of 0": [0.0, 0.25, 0.5],
        "a slope below 0": [0.25, -0.5, 0.1],
    }
    for what, slopes in cases.items():
        slopes = np.array(slopes)
        answer = ask(backward, z, slopes, upstream, name="your backward")
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise Wrong(f"Your backward should return two gradients, by z and by the slopes; it returns {described(answer)}.")
        by_z = numbers(answer[0], z.shape, "the gradient by z")
        by_slopes = numbers(answer[1], slopes.shape, "the gradient by the slopes")
        true_z, true_slopes = upstream * np.where(z > 0, 1, slopes), (upstream * np.minimum(z, 0)).sum(axis=0)
        if not close(by_z, true_z, 1e-9).all():
            i, j = np.argwhere(~close(by_z, true_z, 1e-9))[0]
            text = (
                f"With {what}, {shown(slopes)}: for z = {z[i, j]:g} in a unit of slope {slopes[j]:g}, with upstream {upstream[i, j]:g}, "
                f"differences measure the gradient {true_z[i, j]:g} by z; yours is {by_z[i, j]:g}."
            )
            if z[i, j] < 0 and slopes[j] < 0 and close(by_z[i, j], upstream[i, j], 1e-9):
                text += f" The answer there is {slopes[j] * z[i, j]:g}, above 0, but the unit is on its left side."
            yield Claim(False, text)
            return
        if not close(by_slopes, true_slopes, 1e-9).all():
            j = int(np.argmax(~close(by_slopes, true_slopes, 1e-9)))
            text = (
                f"With {what}, {shown(slopes)}: for the unit with z = {shown(z[:, j])} and upstream {shown(upstream[:, j])} "
                f"differences measure the gradient {true_slopes[j]:g} by its slope; yours is {by_slopes[j]:g}."
            )
            if close(by_slopes * len(z), true_slopes, 1e-9).all():
                text += " It is a mean where a sum is due: upstream holds the mean already."
            elif close(by_slopes, (upstream * np.minimum(z, 0) * slopes).sum(axis=0), 1e-9).all():
                text += " How much does the answer change if the slope grows by one?"
            elif close(by_slopes, (upstream * z).sum(axis=0), 1e-9).all():
                text += " Where z is above 0, the slope has no say."
            yield Claim(False, text)
            return
        yield Claim(True, f"With {what} both gradients are what differences measure.")


@exercise
def waking(steps, *, level=0, rolls=()) -> Iterator[Claim]:
    """Judge a function that tells when the stored momentum wakes a dead unit.

    Parameters
    ----------
    steps : function
        From the sums z (n,) of a silent unit, by how much the last step moved each of them, moved
        (n,), and the optimizer's decay, to the number of steps until one of the sums is above 0;
        infinity if that never happens.
    level : number, optional
        What a sum must rise above, in place of 0.
    rolls : sequence, optional
        Further cases: how far the sums lie above 0 (or below), by how much each has moved, and the decay.
    """
    cases = [
        ("one sum is carried up", [-1.0, -2.0], [0.2, -1.0], 0.9),
        ("the memory is shorter", [-1.0, -2.0], [0.2, -1.0], 0.8),
        ("the sum furthest down is the fastest", [-1.0, -3.0, -0.5], [0.2, 2.0, -0.1], 0.9),
        ("all are carried down", [-1.0, -0.1], [-0.2, -0.3], 0.9),
        ("there is no memory", [-0.1, -0.2], [5.0, 1.0], 0.0),
        ("the way is long", [-90.0, -95.0], [1.0, 0.5], 0.99),
        ("the rolling ends exactly at the edge", [-1.0, -2.0], [1.0, 0.5], 0.5),
    ]
    for what, z, moved, decay in [*cases, *(("the numbers are other ones", *roll) for roll in rolls)]:
        z, moved = np.array(z) + level, np.array(moved)
        true = _steps_to_speak(z - level, moved, decay)
        given = float(numbers(ask(steps, z, moved, decay, name="your steps"), (), "what your steps returns"))
        at = f"Where {what}, with z = {shown(z)}, moved = {shown(moved)} and decay {decay:g},"
        if given == true:
            yield Claim(True, f"{at} it is {f'step {true:g}' if true < np.inf else 'never'}.")
            continue
        most = float(np.max(z + moved * decay / (1 - decay)))
        if true == np.inf:
            text = f"{at} the largest sum never gets further than {most:g}; you say step {given:g}."
            if most == level:
                text += f" A sum of {level:g} is not above {level:g}."
        elif given == np.inf:
            text = f"{at} the largest sum comes up to {most:g} in the end; you say that it never passes {level:g}. How many steps do you try?"
        else:
            text = f"{at} the unit speaks first after {true:g} step{'s' * (true > 1)}; you say {given:g}."
            if given == _steps_to_speak(z - level, moved / decay, decay):
                text += " The next step moves a sum by decay times the last one, not by as much."
        yield Claim(False, text)
        return


@exercise
def revived(mend) -> Iterator[Claim]:
    """Judge a function that mends networks whose units have died, without changing what they say.

    Parameters
    ----------
    mend : function
        From the images x (n, 64) and the parameters W1 (64, 32), b1 (32,), W2 (32, 10), b2 (10,) of
        a network with one layer of ReLU units to new ones: four arrays, more units allowed.
    """
    d = digits()
    x, y = d.x_train[:500], d.y_train[:500]
    for seed in (0, 1):
        network = dense_network(np.random.default_rng(seed), [64, 32, 10], relu, he_normal)
        _train(network, x, y, rate=1.5, epochs=3)
        logits, a = network(x), network.forward(x)[0].a
        lost = int((~a.any(axis=0)).sum())
        sick = f"A network with {lost} of its 32 units dead"
        left = Network([Dense(*map(np.copy, layer.parameters), layer.activation) for layer in network.layers])
        other = _parameters(ask(mend, x, *network.parameters, name="your mend"))
        made = Network([Dense(*other[:2], relu), Dense(*other[2:], identity)])
        still = int((~made.forward(x)[0].a.any(axis=0)).sum())
        if still:
            few = "A fresh unit may be silent by chance: look again, and draw again." if still < lost / 2 else ""
            yield Claim(False, f"{sick}: after your mending {still} units are still silent on all images. {few}".strip())
            return
        units = len(other[1])
        yield Claim(units >= 32, f"{sick}: after your mending {f'all {units} speak' if units >= 32 else f'only {units} are left: a smaller network is not mended'}.")
        away = float(np.abs(made(x) - logits).max())
        if away > 1e-6 * max(1.0, float(np.abs(logits).max())):
            yield Claim(
                False,
                f"{sick}: after your mending its answers have changed, by up to {away:.3g}. "
                "Which weights carry the voice of a unit into the answers?",
            )
            return
        yield Claim(True, "Its answers to the 500 images are what they were.")
        _train(made, x, y, rate=0.2, epochs=5)
        _train(left, x, y, rate=0.2, epochs=5)
        mended, same = accuracy(made(d.x_test), d.y_test), accuracy(left(d.x_test), d.y_test)
        text = f"Trained on at rate 0.2, it reads {mended:.0%} of the held-out digits; without your mending {same:.0%}"
        if mended >= _MENDED:
            yield Claim(True, f"{text}.")
        else:
            yield Claim(
                False, f"{text}. Aim at {_MENDED:.0%}: does each unit hear a gradient of its own, or do some of them stay twins?"
            )
            return


# --- how the answers are tried out -----------------------------------------------------------


def _steps(seed: int = 1) -> Iterator[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """A unit's examples, sums and the gradient by its sums: where all are pushed down, some are lifted, or one for ever."""
    x, y = moons(np.random.default_rng(seed), 40)
    for what, points, w, b in [
        ("40 points with coordinates above 0", x - x.min(axis=0), [1.0, -0.5], 0.0),
        ("the same with another unit", x - x.min(axis=0), [0.3, 0.6], -0.2),
        ("the same points around 0", x, [0.5, 1.0], 0.3),
    ]:
        z = points @ w + b
        yield what, points, z, 2 * (relu(z) - y) / len(y) * (z > 0)
    x = np.array([[2.0, 1.0], [1.0, 2.0], [-3.0, 0.5]])
    yield "three examples, one of which is silent and lifted", x, x @ [1.0, 0.5] + 0.1, np.array([0.5, 0.5, 0.0])
    x = np.array([[1.0, 0.0], [-2.0, 0.5]])
    yield "two examples that pull against each other", x, np.array([1.0, 0.5]), np.array([1.0, -0.2])


def _fatal(x: np.ndarray, z: np.ndarray, delta: np.ndarray, bias: float = 1) -> float:
    push = (x @ x.T + bias) @ delta
    down, up = push > 0, push < 0
    least = max(0.0, float(np.max(z[down] / push[down], initial=0.0)))
    most = float(np.min(z[up] / push[up], initial=np.inf))  # from there on an example is lifted above 0
    return least if least <= most and (z[push == 0] <= 0).all() else np.inf


def _steps_to_speak(z: np.ndarray, moved: np.ndarray, decay: float) -> float:
    """The first step k with z + moved (decay + … + decay^k) above 0 somewhere."""
    if not (z + moved * decay / (1 - decay) > 0).any():
        return np.inf
    count = 0
    while not (z > 0).any():
        count, moved = count + 1, moved * decay
        z = z + moved
    return count


def _train(network: Network, x: np.ndarray, y: np.ndarray, rate: float, epochs: int) -> None:
    train(network, (x, y), cross_entropy, sgd(rate), epochs=epochs, batch_size=25, rng=np.random.default_rng(0))


def _parameters(answer) -> list[np.ndarray]:
    """The reader's four arrays as those of a network from 64 pixels to 10 logits."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 4:
        raise Wrong(f"Your mend should return four arrays, W1, b1, W2 and b2; it returns {described(answer)}.")
    bias = numbers(answer[1], None, "the new b1")
    if bias.ndim != 1 or not 1 <= len(bias) <= 64:
        raise Wrong(f"The new b1 should hold one number for each of the 32 units; its shape is {bias.shape}.")
    shapes = {"W1": (64, len(bias)), "b1": bias.shape, "W2": (len(bias), 10), "b2": (10,)}
    arrays = [numbers(array, shape, f"the new {name}") for array, (name, shape) in zip(answer, shapes.items(), strict=True)]
    for array, name in zip(arrays, shapes, strict=True):
        if not np.isfinite(array).all():
            raise Wrong(f"The new {name} should be finite; it is {described(array)}.")
    return arrays
