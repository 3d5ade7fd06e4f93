"""Every kind of figure, plain and hard: what the tests of pictures, plots and pages look at."""

import functools

import numpy as np

from lib import (
    History,
    arrows,
    bars,
    beside,
    celu,
    curves,
    dense_network,
    diagram,
    digits,
    elu,
    family,
    flow,
    gelu,
    hard_swish,
    heatmap,
    identity,
    images,
    leaky_relu,
    mish,
    moons,
    plot,
    regions,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softplus,
    spread,
    step,
    surface,
    tanh,
    xor,
)

X = np.linspace(0, 10, 51)
LONG = "A very long title that states the finding of this figure in many more words than fit on one line above its axes"


def _network(*sizes):
    return dense_network(np.random.default_rng(0), sizes, leaky_relu(0.01))


def _three(points):
    return np.stack([points[:, 0], points[:, 1], -points.sum(axis=1)], axis=1)


def _bowl(w1, w2):
    return w1**2 + 10 * w2**2


WALK = [(-1.8, 0.8), (-1.5, -0.6), (-1.2, 0.4), (0.0, 0.0)]

DRAW = {
    "an activation": lambda: plot(sigmoid),
    "a kink": lambda: plot(relu),
    "a jump": lambda: plot(step, title=LONG),
    "activations": lambda: plot([sigmoid, tanh, relu]),
    "many activations": lambda: plot([sigmoid, tanh, relu, elu(1.0), selu, gelu, silu, mish]),
    "a family": lambda: plot([elu(alpha) for alpha in (0.5, 1.0, 2.0, 3.0)]),
    "a history": lambda: plot(
        History([2.3, 1.2, 0.8], [0.1, 0.5, 0.7], [2.3, 1.3, 0.9], [0.1, 0.5, 0.6]), title="It learns"
    ),
    "half a history": lambda: plot(History([2.3, 1.2, 0.8], [], [], [])),
    "a network": lambda: plot(_network(64, 32, 32, 10), title="A network for digits"),
    "a small network": lambda: diagram([1, 1]),
    "lines to one point": lambda: curves(
        {f"line {i}": (X, i * X * (10 - X)) for i in range(8)}, title="All end at 0", x="time (s)", y="height (m)"
    ),
    "lines to the top": lambda: curves({f"line {i}": (X, X**2 + i / 10) for i in range(8)}, window=(0, 10, 0, 100.9)),
    "lines to the bottom": lambda: curves({f"line {i}": (X, -(X**2) - i / 10) for i in range(8)}, title="Down"),
    "twelve lines": lambda: curves({f"line {i}": (X, X) for i in range(12)}, title="Twelve of one kind"),
    "long labels": lambda: curves({"a label of many words": (X, np.sin(X)), "WWWWWWWW": (X, np.cos(X))}, y="y"),
    "marked": lambda: curves(
        {"loss": (X + 1, np.exp(-X), np.exp(-X) / 2, np.exp(-X) * 2), "sigmoid": (X + 1, np.exp(-X / 2))},
        title="Bands, points and levels on logarithmic axes",
        x="epoch",
        y="loss",
        logx=True,
        logy=True,
        points={"start": ([1], [1]), "middle": ([5, 6], [0.1, 0.2]), "the end of it": ([11], [np.exp(-10)])},
        marks={"chance": 0.1, "good": 0.05},
    ),
    "large numbers": lambda: curves({"a": (X, 1e6 * X), "b": (X, -1e6 * X)}, y="loss"),
    "small numbers": lambda: curves({"a": (X, 1e-5 * X), "b": (X, -1e-5 * X)}, y="loss"),
    "nothing to see": lambda: curves({"diverged": (X, np.full(51, np.nan)), "constant": (X, np.zeros(51))}),
    "one point": lambda: curves({"a": ([1], [2])}, title="A line of one point"),
    "another language": lambda: curves({"시그모이드": (X, X)}, title="시그모이드 함수는 포화한다", x="입력", y="출력"),
    "quotes": lambda: curves({'<b> & "b"': (X, X)}, title="Is 1 < 2 & \"so\" on?", alt="It's <i>.", x="a < b", y="&"),
    "regions": lambda: regions(_network(2, 8, 1), *moons(np.random.default_rng(0), 60), title="A boundary that bends"),
    "three regions": lambda: regions(_three, X.reshape(-1, 1) * [[0.1, -0.1]] + 0.1, np.arange(51) % 3),
    "shades": lambda: regions(
        lambda p: p.sum(axis=1), *xor(), shades=[0.25, 0.5, 0.75], arrows={"w": (0.5, 0.5, 0.4, 0.4)}, title="A soft answer"
    ),
    "a table": lambda: heatmap(np.arange(100).reshape(10, 10), title="Confusion", x="said", y="true"),
    "a labelled table": lambda: heatmap(
        [[0.5, np.nan, 0.123], [0, 0.9, 1]], rows=["sigmoid", "leaky ReLU(0.01)"], columns=["1e-3", "a", "b"],
        form="{:.3f}", x="rate", y="activation", title="Accuracy",
    ),
    "a table of many sizes": lambda: heatmap(
        10.0 ** np.subtract.outer(range(-9, 10, 3), range(4)), plain=(0.01, 100), form="{:.0e}", title="From blue to orange"
    ),
    "one tile": lambda: heatmap([[0.0]], title="A table of one number"),
    "an empty table": lambda: heatmap(np.full((2, 1), np.nan)),
    "digits": lambda: images(digits().x_train[:20], digits().y_train[:20], title="Twenty digits"),
    "one digit": lambda: images(digits().x_train[0], ["five"], title="Sixty-four pixels"),
    "dark": lambda: images(np.zeros((3, 64))),
    "a surface": lambda: surface(
        _bowl, window=(-2, 2, -1, 1), paths={"sgd": WALK, "momentum": WALK[::-1]}, title="Two ways down"
    ),
    "a plain surface": lambda: surface(lambda a, b: 0 * a, window=(-2, 2, -1, 1)),
    "arrows": lambda: arrows(
        {"gradient": (6, 1.5), "by value": (2, 1.5), "nothing": (0, 0)}, window=(-0.5, 5, -0.5, 4), title="One turns"
    ),
    "a flow": lambda: flow(
        lambda a, b: (0.1 * b, (1 + b) / 2), window=(-1, 1, 0, 2), paths={"a signal": [(0.8, 2), (0.2, 1.5)]}, title="All come to rest"
    ),
    "a flow at rest": lambda: flow(lambda a, b: (a, b), window=(0, 1, 0, 1), x="x", y="y", share=1),
    "runs": lambda: spread({"sigmoid": [1, 2, 2, 3, 1.5], "leaky ReLU(0.01)": [4.0, np.nan]}, title="Seeds", x="loss"),
    "runs and intervals": lambda: spread({"tanh": [1, 4, 2, 3, 5], "two": [1, 2], "one": [3]}, interval=2, x="right, %"),
    "one run": lambda: spread({"a": [1.0]}, logx=True),
    "bars": lambda: bars({"sigmoid": 0.25, "tanh": 1, "a much longer label": 123456.789}, title="Largest slopes", x="slope"),
    "no bars": lambda: bars({"nothing": 0}),
    "a family tree": lambda: family([sigmoid, tanh, relu]),
    "a large family": lambda: family(
        [step, identity, sigmoid, tanh, relu, leaky_relu(0.01), relu6, elu(1.0), celu(0.5), selu, softplus, gelu, silu, mish, hard_swish]
    ),
    "side by side": lambda: beside(plot(sigmoid), plot(sigmoid), regions(lambda p: p[:, 0], *xor())),
}  # fmt: skip


@functools.cache
def picture(name):
    return DRAW[name]()
