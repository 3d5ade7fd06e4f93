"""Checks of chapter 12: GELU's slope, the best cubic for its tanh form, Mish's slope, XOR by one gated unit, an invention."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .. import activations
from ..activations import Activation, gelu, mish, relu, sigmoid
from ..datasets import digits, xor
from ..initializers import scaled_normal
from ..losses import cross_entropy
from ..networks import dense_network
from ..numeric import slope
from ..optimizers import adam
from ..propagation import moments
from ..properties import properties
from ..training import train
from .frame import BLANK, Claim, Wrong, ask, close, described, exercise, numbers, shown


@exercise
def gate_slope(gelu_slope, steepest, *, factor=1, x=(-4.0, -2.0, -0.75, 0.0, 0.3, 1.0, 2.5)) -> Iterator[Claim]:
    """Judge a formula for GELU's slope, and where it is steepest.

    Parameters
    ----------
    gelu_slope : function
        From an array x to the slope of x Φ(x) at each.
    steepest : number
        The x at which that slope is largest. Right within 0.001.
    factor : number, optional
        Makes the gate steeper: x Φ(factor · x) is GELU at factor · x, divided by the factor.
    x : numbers, optional
        Where the slope is looked at.
    """
    x = np.array(x)
    true = gelu.derivative(factor * x)
    given = _values(gelu_slope, x, "gelu_slope")
    wrong = ~close(given, true, 1e-8)
    if wrong.any():
        at = int(wrong.argmax())
        text = f"At x = {shown(x[at])} a difference measures the slope {shown(true[at])}; gelu_slope gives {shown(given[at])}."
        z = factor * x
        density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
        if close(given, true - z * density, 1e-8).all():
            text += " That is Φ alone: a product has two terms in its slope."
        elif close(given, true - z * density + density, 1e-8).all():
            text += " That is Φ + φ: in the second term the gate's slope has a factor."
        elif close(given, true + z * density * (np.sqrt(2 * np.pi) - 1), 1e-8).all():
            text += " Is the area under your bell 1?"
        yield Claim(False, text)
    else:
        yield Claim(True, f"gelu_slope is right at all of {shown(x)}.")
    steepest = float(_finite(steepest, "steepest"))
    at = gelu.derivative(factor * steepest)
    if abs(steepest - np.sqrt(2) / factor) <= 1e-3:
        yield Claim(True, f"At {shown(steepest, 4)} the slope is {at:.4f}, and nowhere larger.")
    elif abs(steepest + np.sqrt(2) / factor) <= 1e-3:
        yield Claim(False, f"At {shown(steepest, 4)} the slope is {at:.4f}: there it is lowest.")
    else:
        yield Claim(False, f"At {shown(steepest)} the slope is {at:.4f}; elsewhere it is larger. Where is the slope of the slope 0?")


@exercise
def best_cubic(constant, error) -> Iterator[Claim]:
    """Judge the constant with which GELU's tanh form comes closest to GELU.

    Parameters
    ----------
    constant : number
        That stands before x³.
    error : number
        The largest error that is left. Right within 10⁻⁶.
    """
    constant, error = float(_finite(constant, "constant")), float(_finite(error, "error"))
    own, printed = _cubic_error(constant), _cubic_error(0.044715)
    if own <= 3.9e-4:
        yield Claim(True, f"With {shown(constant)} the form is off by {own:.3g} at the most, and with 0.044715 by {printed:.3g}.")
    elif abs(constant - 0.044715) < 2e-6:
        yield Claim(False, f"With {shown(constant)} it is off by {own:.6g}. That is the constant that everybody uses; try its neighbours.")
    else:
        text = f"With {shown(constant)} the form is off by {own:.3g} at the most; there are better ones."
        if abs(constant - 0.0455399) < 1e-5:
            text += " This one is best close to 0, where the form is good anyway."
        yield Claim(False, text)
    if abs(abs(error) - own) <= 1e-6:
        yield Claim(True, "You measured its largest error rightly.")
    else:
        yield Claim(
            False,
            f"On x from −8 to 8 the largest error for your constant is {own:.4g}, not {shown(error)}: "
            "look at the size of all differences, on a grid fine enough.",
        )


@exercise
def mish_slope(slope, *, factor=1, ordinary=(-3.0, -1.0, 0.0, 1.0, 3.0)) -> Iterator[Claim]:
    """Judge a slope of Mish that bears large numbers.

    Parameters
    ----------
    slope : function
        From an array x to the slope of Mish at each.
    factor : number, optional
        Makes the gate flatter: x tanh(softplus(factor · x)) is Mish at factor · x, divided by the factor.
    ordinary : numbers, optional
        Where the slope is looked at, besides places far out.
    """
    places = {
        "for ordinary numbers": np.array(ordinary),
        "far to the right": np.array([25.0, 100.0, 178.0, 1000.0]),
        "far to the left": np.array([-700.0, -100.0, -30.0]),
    }
    for where, x in places.items():
        given, true = _values(slope, x, "mish_slope"), mish.derivative(factor * x)
        wrong = ~(np.abs(given - true) <= 1e-8 * np.abs(true))
        if not wrong.any():
            yield Claim(True, f"mish_slope is right {where}: {shown(x)}.")
            continue
        at = int(wrong.argmax())
        text = f"At x = {shown(x[at])} mish_slope gives {shown(given[at])}; the slope is {shown(true[at])}."
        if not np.isfinite(given[at]):
            text += " Which power of e is too large for a float there, and is it above the bar as well as below?"
        elif x[at] < -10:
            text += " It is tiny there, but not without digits. What was divided by what?"
        yield Claim(False, text)
        if where == "for ordinary numbers":
            return
    narrow = np.array([-5.0, 1.0, 23.0, 60.0, 90.0], dtype=np.float32)
    given = _values(slope, narrow, "mish_slope")
    wrong = ~close(given, mish.derivative(factor * narrow.astype(float)), 1e-4)
    if wrong.any():
        at = int(wrong.argmax())
        yield Claim(False, f"For float32, at x = {shown(narrow[at])}, it gives {shown(given[at])}: there e^x ends at 88.")
    else:
        yield Claim(True, "It bears float32, too.")


@exercise
def gated_xor(weights, bias, *, low=0) -> Iterator[Claim]:
    """Judge whether one gated linear unit solves XOR.

    Parameters
    ----------
    weights : array (2, 2)
        The first column is for what is said, the second for the gate.
    bias : array (2,)
    low : number, optional
        The inputs are this number and the next one, in place of 0 and 1.
    """
    weights, bias = _finite(weights, "weights", (2, 2)), _finite(bias, "bias", (2,))
    x, t = xor()
    x = x + low
    said, gate = (x @ weights + bias).T
    answers = said * sigmoid(gate)
    for inputs, s, g, answer, target in zip(x, said, gate, answers, t, strict=True):
        right = (answer > 0.5) == target
        text = f"For {shown(inputs)} it says {s:.3g}, the gate is open by {sigmoid(g):.3g}, and {answer:.3g} comes out"
        yield Claim(bool(right), f"{text}." if right else f"{text}; XOR wants {'more' if target else 'less'} than 0.5.")


_ASKED = ("bounded", "centred", "smooth", "monotone", "can_die")


@exercise
def invented(activation, claims) -> Iterator[Claim]:
    """Judge an activation that a reader invented: whether it is what is claimed of it, and how well it learns digits.

    Parameters
    ----------
    activation : Activation
    claims : dict
        ``bounded``, ``centred``, ``smooth``, ``monotone``, ``can_die``: True or False, as `properties` uses these
        names; ``accuracy``, the median share of held-out digits that was measured; and ``as_good_as_relu``: True or False.
    """
    if not isinstance(activation, Activation):
        raise Wrong(f"Hand in an Activation, as in Activation('mine', function, derivative); this is {described(activation)}.")
    _expect_claims(claims)
    guarded = Activation(
        "yours",
        lambda x: _values(activation.function, x, "your function"),
        lambda x: _values(activation.derivative, x, "your derivative"),
    )
    x = np.linspace(-6, 6, 97) + 0.0137
    answers, slopes = guarded(x), guarded.derivative(x)
    for name, given in (("function", answers), ("derivative", slopes)):
        if not np.isfinite(given).all():
            at = int((~np.isfinite(given)).argmax())
            raise Wrong(f"Your {name} gives {shown(given[at])} at x = {shown(x[at])}: it should be finite.")
    if close(answers, np.polyval(np.polyfit(x, answers, 1), x), 1e-6).all():
        raise Wrong("Yours is a straight line: layers of it are worth one layer, as in chapter 2.")
    known = [known.name for known in _KNOWN if close(answers, known(x), 1e-9).all()]
    if known:
        raise Wrong(f"That is {known[0]}, and somebody else's invention. Change something about it.")
    found = _found(guarded)
    yield _derivative_claim(guarded, found.kinks)
    for key in _ASKED:
        yield _property_claim(key, claims[key], found)

    yours, others = _accuracies(guarded), _accuracies(relu)
    middle, rival = float(np.median(yours)), float(np.median(others))
    text = f"From five other starts it reads {middle:.1%} of the held-out digits in the median, {yours.min():.1%} to {yours.max():.1%}"
    yield Claim(middle >= 0.8, f"{text}{'.' if middle >= 0.8 else ': it hardly learns. What is its slope for ordinary sums?'}")
    if abs(float(claims["accuracy"]) - middle) <= 0.03:
        yield Claim(True, "Your own measurement agrees.")
    else:
        yield Claim(False, f"You claim {shown(claims['accuracy'])}: a share from 0 to 1, the median over some seeds, at its better rate?")
    against = f"ReLU reads {rival:.1%}, {others.min():.1%} to {others.max():.1%}"
    if claims["as_good_as_relu"]:
        good = middle >= others.min() - 0.005
        yield Claim(good, f"{against}: {'yours is among them or above.' if good else 'yours is not as good. To say so would be no shame.'}")
    else:
        modest = middle > rival + 0.005
        yield Claim(not modest, f"{against}: {'yours is better, do not hide it.' if modest else 'you were honest about it.'}")


# --- how the answers are tried out -----------------------------------------------------------

_KNOWN = [value for value in vars(activations).values() if isinstance(value, Activation)]
_KNOWN += [activations.leaky_relu(), activations.elu(), activations.celu(2.0), activations.swish(2.0), activations.sigmoid_of(2.0)]


def _values(function, x: np.ndarray, name: str) -> np.ndarray:
    return numbers(ask(function, x, name=name), np.shape(x), f"what {name} returns")


def _finite(value, name: str, shape: tuple[int, ...] = ()) -> np.ndarray:
    array = numbers(value, shape, name)
    if not np.isfinite(array).all():
        raise Wrong(f"{name[:1].upper()}{name[1:]} should be finite; this is {described(value)}.")
    return array


def _cubic_error(constant: float) -> float:
    x = np.linspace(-8, 8, 16001)
    form = x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + constant * x**3)))
    return float(np.abs(form - gelu(x)).max())


def _expect_claims(claims) -> None:
    wanted = (*_ASKED, "accuracy", "as_good_as_relu")
    if not isinstance(claims, dict):
        raise Wrong(f"The claims should be a dict with the keys {', '.join(wanted)}; this is {described(claims)}.")
    missing = [key for key in wanted if key not in claims]
    if missing:
        raise Wrong(f"Of your claims {missing[0]!r} is missing. The keys are {', '.join(wanted)}.")
    if any(claims[key] is ... for key in wanted):
        raise Wrong(BLANK)
    for key in (*_ASKED, "as_good_as_relu"):
        if not isinstance(claims[key], (bool, np.bool_)):
            raise Wrong(f"{key!r} should be True or False; it is {described(claims[key])}.")
    _finite(claims["accuracy"], "'accuracy' of your claims")


def _found(activation: Activation):
    try:
        return properties(activation)
    except (ValueError, IndexError) as error:
        raise Wrong(f"Its properties can't be measured: {error}.") from None


def _derivative_claim(activation: Activation, kinks: tuple[float, ...]) -> Claim:
    x = np.concatenate([np.linspace(-6, 6, 97), [-30.0, 30.0]]) + 0.0137
    x = x[np.all(np.abs(x[:, None] - np.array([*kinks, np.inf])) > 1e-3, axis=1)]
    measured, given = slope(activation, x), activation.derivative(x)
    # A difference of large answers has lost digits.
    wrong = np.abs(measured - given) > 1e-5 * (1 + np.abs(measured)) + 1e-9 * np.abs(activation(x))
    if not wrong.any():
        return Claim(True, "Your derivative is what differences measure.")
    at = int((np.abs(measured - given) * wrong).argmax())
    text = f"At x = {shown(x[at])} a difference measures the slope {shown(measured[at])}; your derivative gives {shown(given[at])}."
    return Claim(False, text + " Does it take x, and not the answer?")


def _property_claim(key: str, claimed, found) -> Claim:
    true = bool(getattr(found, key))
    if key == "monotone" and abs(found.turn) > 1000:  # so far out a formula may run out of digits
        text = "it seems to turn round beyond ±1000, but there its digits may have run out"
        return Claim(True, f"Whether it is monotone can't be measured: {text}. Your claim stands.")
    if true == bool(claimed):
        return Claim(True, f"{key} is {true}, as you claim.")
    kinks = ", ".join(f"{kink:.3g}" for kink in found.kinks[:3])
    reasons = {
        "bounded": f"its answers go from {found.low:.3g} to {found.high:.3g}",
        "centred": f"the mean answer to standard normal sums is {found.mean:.3g}",
        "smooth": f"its slope jumps at {kinks}" if kinks else "its slope jumps nowhere",
        "monotone": "it never turns round" if found.monotone else f"it turns round at {found.turn:.3g}",
        "can_die": "its slope is 0 on a whole half-line" if found.can_die else "its slope is 0 on no half-line",
    }
    return Claim(False, f"You claim that {key} is {bool(claimed)}: {reasons[key]}.")


def _accuracies(activation: Activation) -> np.ndarray:
    """The shares of held-out digits read by five small networks, at the better of two rates, as in the chapter."""
    d = digits()
    mean = d.x_train.mean(axis=0)
    size = (d.x_train - mean).std()
    data, test = ((d.x_train[:500] - mean) / size, d.y_train[:500]), ((d.x_test - mean) / size, d.y_test)
    first, second = moments(activation)
    if not 0 < first**2 + second < np.inf:
        raise Wrong("It answers 0 to all ordinary sums, or numbers too large to square: no signal comes through.")
    keep = scaled_normal((first**2 + second) ** -0.5)

    def read(rate: float, seed: int) -> float:
        network = dense_network(np.random.default_rng(seed), [64, 28, 10], activation, keep)
        rng = np.random.default_rng(seed)
        return train(network, data, cross_entropy, adam(rate), epochs=4, batch_size=32, rng=rng, test=test).test_accuracy[-1]

    return max((np.array([read(rate, seed) for seed in range(500, 505)]) for rate in (0.01, 0.03)), key=np.median)
