"""Activations: each a record of a function and its derivative, both at work on every number by itself.

Where a slope jumps (a kink), one value has to be chosen. Here, a kink counts to the side where the
unit rests: ReLU's slope at 0 is 0, since a unit on the very edge has not begun to speak.

The formulas are chosen to keep their digits: an error of a few units in the last one, in the
tails too (the book's page on exactness measures it). So e stands for exp(−|x|), which never
overflows, and two formulas that are the same on paper are not the same here.
"""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import inf, pi, sqrt
from numbers import Real

import numpy as np

from .elementwise import elementwise, product, quotient, rarely, scaled_exp
from .expectations import named


@cache
def _normal_cdf():
    """The distribution of a normal number, as a function; scipy takes a while to load, so GELU alone waits for it."""
    try:
        from scipy.special import ndtr
    except ImportError:  # a browser may have no scipy
        ndtr = np.vectorize(lambda x: math.erfc(-x / sqrt(2)) / 2, otypes=[float])
    return ndtr


@dataclass(frozen=True)
class Activation:
    """A function for a unit to apply to its weighted sum, with its derivative.

    One of your own takes a line: ``swish2 = Activation("swish2", f, df)``.

    Parameters
    ----------
    name : str
        As it stands on figures.
    function, derivative : callable
        Both take x, an array, and return an array of its shape. (The derivative, too, takes x, and not f(x).)
    formula : str
        The function in LaTeX, without dollar signs.
    range : tuple of float
        The lower and the upper end of its values, whether it reaches them or only comes close.
    kinks : tuple of float
        Where its slope jumps, or the function itself.
    source : str
        Author, year and title of what it comes from.

    Raises
    ------
    TypeError
        If the function or the derivative is missing, or can't be called.
    """

    name: str
    function: Callable = field(repr=False)
    derivative: Callable = field(repr=False)
    formula: str = ""
    range: tuple[float, float] = (-inf, inf)
    kinks: tuple[float, ...] = ()
    source: str = field(default="", repr=False)

    def __post_init__(self):
        for role, given in [("function", self.function), ("derivative", self.derivative)]:
            if not callable(given):
                raise TypeError(f"the {role} of {self.name!r} must be a function of x, not {named(given)}")
        object.__setattr__(self, "__doc__", self.function.__doc__)  # so that sigmoid? says what it is

    def __call__(self, x):
        """Apply the function to x."""
        return self.function(x)


def _activation(name, derivative, formula, range=(-inf, inf), kinks=(), source=""):
    """Make an `Activation` of the function that stands below, and complete its docstring."""

    def make(function):
        function, slope = elementwise(function), elementwise(derivative)
        parts = [inspect.getdoc(function), f".. math:: {formula}", "Its values lie between {:g} and {:g}.".format(*range)]
        parts += [f"References\n----------\n{source}."] if source else []
        function.__doc__ = "\n\n".join(parts)
        slope.__doc__ = f"The slope of {name} at x."
        return Activation(name, function, slope, formula, range, kinks, source)

    return make


def _finite(name, number):
    if not isinstance(number, Real) or isinstance(number, bool):
        raise TypeError(f"{name} must be a number, not {named(number)}")
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number, not {number!r}")
    return float(number)


def _positive(name, number):
    number = _finite(name, number)
    if number <= 0:
        raise ValueError(f"{name} must be above 0, not {number:g}")
    return number


def _factor(number):
    """A number in front of something else in a formula; a 1 is not written."""
    return "" if number == 1 else rf"{number:g}\,"


# ---- straight pieces


@_activation(
    "step", lambda x: np.zeros_like(x), r"1\ \mathrm{if}\ x > 0,\ \mathrm{else}\ 0", range=(0, 1), kinks=(0,),
    source="McCulloch & Pitts (1943), A logical calculus of the ideas immanent in nervous activity",
)
def step(x):
    """Fire if x is above 0, and only then, as the first model of a neuron did.

    Its slope is 0 everywhere but at 0, where it jumps and has none; we say 0 there too. So no
    gradient ever comes through. It is used to decide, and to show why deciding so can't be learned.
    """
    return x > 0


@_activation("identity", lambda x: np.ones_like(x), "x")
def identity(x):
    """Pass x on as it is, which is no activation at all.

    Its slope is 1. It is used in a last layer, whose answers may be numbers of any size.
    """
    return x


@_activation(
    "ReLU", lambda x: x > 0, r"\max(x, 0)", range=(0, inf), kinks=(0,),
    source="Fukushima (1969), Visual feature extraction by a multilayered network of analog threshold elements; "
    "Nair & Hinton (2010), Rectified linear units improve restricted Boltzmann machines",
)
def relu(x):
    """Pass on x where it is positive, and nothing where it is not (the rectified linear unit).

    Its slope is 1 or 0: a gradient comes back whole, or not at all. At the kink, 0, any slope from
    0 to 1 would do; we take 0, as frameworks do. It is the usual first choice for deep networks.
    """
    return np.maximum(x, 0)


def leaky_relu(slope=0.01):
    """Make a ReLU that lets a little of what is negative through, so that no unit falls silent for good.

    Its slope is 1 above 0, and ``slope`` below and at the kink, 0. It is used where too many units
    of a ReLU network have died.

    Parameters
    ----------
    slope : float
        The slope below 0: 0 (which is ReLU) or more, and usually far less than 1.

    Raises
    ------
    TypeError, ValueError
        If the slope is no number, not finite, or negative.
    """
    slope = _finite("slope", slope)
    if slope < 0:
        raise ValueError(f"slope must be 0 or more, not {slope:g}")

    @_activation(
        f"leaky ReLU({slope:g})", lambda x: np.where(x > 0, 1, slope), rf"\max(x, 0) + {_factor(slope)}\min(x, 0)",
        range=(-inf if slope else 0, inf), kinks=() if slope == 1 else (0,),
        source="Maas, Hannun & Ng (2013), Rectifier nonlinearities improve neural network acoustic models",
    )
    def member(x):
        """Pass on x where it is positive, and a fixed part of it where it is not."""
        return np.maximum(x, 0) + (slope * np.minimum(x, 0) if slope else 0)  # 0 times -inf is no number

    return member


# ---- S-shaped curves


def _sigmoid(x, e):
    """Give σ(z), for a z that has the sign of x, and e = exp(−\\|z|)."""
    return np.maximum(e, x >= 0) / (1 + e)  # the larger one: e left of 0, and 1 from there on


def _sigmoid_slope(t, factor=1.0):
    """Give ``factor σ(z) σ(−z)``, for t = −\\|z|."""
    e = np.exp(t)
    return scaled_exp(factor, t, e / (1 + (2 * e + e * e)))


def sigmoid_of(steepness):
    """Make a sigmoid that climbs faster or slower; a very steep one is nearly a step.

    With k for the steepness, its slope is k σ(kx) σ(−kx): k/4 at 0, and the steeper, the sooner it
    is gone on both sides.

    Parameters
    ----------
    steepness : float
        What x is multiplied by: above 0. At 1, this is `sigmoid`.

    Raises
    ------
    TypeError, ValueError
        If the steepness is no number, not finite, or not above 0.
    """
    steepness = _positive("steepness", steepness)

    def slope(x):
        t, lost = product(steepness, -np.abs(x))
        return _sigmoid_slope(t, steepness + steepness * lost)

    @_activation(
        f"sigmoid({steepness:g})", slope,
        rf"\frac{{1}}{{1 + e^{{-{_factor(steepness)}x}}}}", range=(0, 1),
    )
    def member(x):
        """Squeeze x, after multiplying it by a steepness, between 0 and 1."""
        t, lost = product(steepness, -np.abs(x))
        e = np.exp(t)
        return _sigmoid(x, e + e * lost)

    return member


@_activation(
    "sigmoid", lambda x: _sigmoid_slope(-np.abs(x)), r"\frac{1}{1 + e^{-x}}", range=(0, 1),
    source="Rumelhart, Hinton & Williams (1986), Learning representations by back-propagating errors",
)
def sigmoid(x):
    """Squeeze x between 0 and 1, σ(x), by a step made so smooth that it can learn.

    Its slope is σ(x) (1 − σ(x)), at most ¼, at 0, and next to nothing far out on both sides. It is
    worked out as σ(x) σ(−x), since 1 − σ(x) has lost its digits where σ(x) is close to 1. It is
    used where an answer is a probability, and for the gates of recurrent cells.
    """
    return _sigmoid(x, np.exp(-np.abs(x)))


@_activation(
    "tanh", lambda x: _sigmoid_slope(-2 * np.abs(x), factor=4.0), r"\tanh x", range=(-1, 1),
    source="LeCun, Bottou, Orr & Müller (1998), Efficient BackProp",
)
def tanh(x):
    """Squeeze x between −1 and 1, by a sigmoid stretched and centred, 2σ(2x) − 1.

    Its slope is 1 − tanh² x, worked out as 4 σ(2x) σ(−2x). At 0 it is 1, four times that of
    sigmoid, and it vanishes far out all the same. It is used in recurrent cells.
    """
    return np.tanh(x)


# ---- curves that settle below 0, where ReLU is silent


def _decay(factor, x):
    """Give ``factor * exp(x)`` on the left, and ``factor`` from 0 on."""
    t = np.minimum(x, 0)
    return scaled_exp(factor, t, np.exp(t))


def elu(alpha=1.0):
    """Make an exponential linear unit: x above 0, and below it a curve that settles at −alpha.

    What is negative pulls the mean of its answers closer to 0 than ReLU's. Its slope is 1 above 0,
    and alpha eˣ below; at 0 it is alpha, and only if that is 1 is there no kink. It is used in place
    of ReLU where an exponential for each unit is not too dear.

    Parameters
    ----------
    alpha : float
        How far below 0 it settles: above 0.

    Raises
    ------
    TypeError, ValueError
        If alpha is no number, not finite, or not above 0.
    """
    alpha = _positive("alpha", alpha)

    @_activation(
        f"ELU({alpha:g})", lambda x: np.where(x > 0, 1, _decay(alpha, x)),
        rf"\max(x, 0) + {_factor(alpha)}\min(e^x - 1, 0)", range=(-alpha, inf), kinks=() if alpha == 1 else (0,),
        source="Clevert, Unterthiner & Hochreiter (2016), Fast and accurate deep network learning by exponential "
        "linear units (ELUs)",
    )
    def member(x):
        """Pass on x where it is positive, and let it settle below 0 where it is not."""
        return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))  # exp(x) - 1 has no digits left near 0

    return member


def celu(alpha=1.0):
    """Make a continuously differentiable exponential linear unit: an ELU without the kink.

    Its slope is 1 above 0 and exp(x/alpha) below, which come together at 0 for every alpha. It is
    used like ELU, and where alpha is to be varied.

    Parameters
    ----------
    alpha : float
        How far below 0 it settles, and how widely it bends: above 0. At 1, this is ``elu(1)``.

    Raises
    ------
    TypeError, ValueError
        If alpha is no number, not finite, or not above 0.
    """
    alpha = _positive("alpha", alpha)
    power = "x" if alpha == 1 else f"x/{alpha:g}"

    def slope(x):
        t, lost = quotient(np.minimum(x, 0), alpha)
        e = np.exp(t)
        return e + e * lost

    @_activation(
        f"CELU({alpha:g})", slope, rf"\max(x, 0) + {_factor(alpha)}\min(e^{{{power}}} - 1, 0)", range=(-alpha, inf),
        source="Barron (2017), Continuously differentiable exponential linear units",
    )
    def member(x):
        """Pass on x where it is positive, and let it settle smoothly below 0 where it is not."""
        straight = x > -1e-17 * alpha  # the bend is below the last digit, but x / alpha might lose some
        return np.where(straight, x, alpha * np.expm1(x / alpha))

    return member


_ALPHA, _LAMBDA = 1.6732632423543772848, 1.0507009873554804934


@_activation(
    "SELU", lambda x: np.where(x > 0, _LAMBDA, _decay(_LAMBDA * _ALPHA, x)),
    r"\lambda\,(\max(x, 0) + \alpha \min(e^x - 1, 0))", range=(-_LAMBDA * _ALPHA, inf), kinks=(0,),
    source="Klambauer, Unterthiner, Mayr & Hochreiter (2017), Self-normalizing neural networks",
)
def selu(x):
    """Stretch an ELU of x just so that signals of mean 0 and variance 1 keep both.

    That asks for λ = 1.0507… and α = 1.6732…. Its slope is λ above 0, and λα eˣ below; at the kink, 0,
    it is λα = 1.7580…. It is used in deep networks without normalization layers, on weights drawn
    by ``lecun_normal``.
    """
    return _LAMBDA * (np.maximum(x, 0) + _ALPHA * np.expm1(np.minimum(x, 0)))


@_activation(
    "softplus", lambda x: _sigmoid(x, np.exp(-np.abs(x))), r"\log(1 + e^x)", range=(0, inf),
    source="Dugas, Bengio, Bélisle, Nadeau & Garcia (2001), Incorporating second-order functional knowledge for "
    "better option pricing",
)
def softplus(x):
    """Round off the corner of ReLU, to nearly 0 for x far below 0 and nearly x far above.

    Its slope is the sigmoid. It is used where an answer must be positive, such as a variance.
    """
    return np.logaddexp(0, x)


# ---- gates: x σ(z), x times how far a gate is open, for some z that has the sign of x


def _gate(x, t, lost=0.0):
    """Give ``x σ(z)``, for ``t + lost`` = −\\|z|."""
    e = np.exp(t)
    left = scaled_exp(x, t, e / (1 + e))
    return np.where(x < 0, left + left * lost, x / (1 + e))


def _gate_slope(x, t, rise, lost=0.0):
    """Give its slope, ``σ(z) + x z′ σ(z) σ(−z)``, for ``rise + lost`` = −\\|x z′|."""
    e = np.exp(t)
    rise = np.maximum(rise, -1e9)  # as in scaled_exp: 0 times inf is no number, and e is 0 long before
    left = (1 + rise) + (e + lost * (2 + 2 * e + rise))  # of both terms: they cancel at the lowest point
    right = -rise - lost * (1 + rise)  # of the second alone
    return np.where(x < 0, 0, 1 / (1 + e)) + scaled_exp(np.where(x < 0, left, right), t, e / (1 + (2 * e + e * e)))


def swish(beta=1.0):
    """Make a gate that x opens for itself: x σ(βx), with β for beta.

    It dips below 0 and comes back. Its slope is σ(βx) + βx σ(βx) σ(−βx): ½ at 0, and a little above 1
    on the right. With a small beta it is nearly x/2, with a large one nearly ReLU.

    Parameters
    ----------
    beta : float
        How fast the gate opens: above 0. At 1, this is `silu`.

    Raises
    ------
    TypeError, ValueError
        If beta is no number, not finite, or not above 0.
    """
    beta = _positive("beta", beta)

    def slope(x):
        t, lost = product(beta, -np.abs(x))
        return _gate_slope(x, t, t, lost)

    @_activation(
        f"swish({beta:g})", slope, rf"\frac{{x}}{{1 + e^{{-{_factor(beta)}x}}}}", range=(-0.2784645427610738 / beta, inf),
        source="Ramachandran, Zoph & Le (2017), Searching for activation functions",
    )
    def member(x):
        """Let x through a gate that x itself opens."""
        return _gate(x, *product(beta, -np.abs(x)))

    return member


@_activation(
    "SiLU", lambda x: _gate_slope(x, -np.abs(x), -np.abs(x)), r"\frac{x}{1 + e^{-x}}", range=(-0.2784645427610738, inf),
    source="Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs); Elfwing, Uchibe & Doya (2018), "
    "Sigmoid-weighted linear units for neural network function approximation in reinforcement learning",
)
def silu(x):
    """Let x through a gate that x itself opens, x σ(x) (the sigmoid linear unit, or ``swish(1)``).

    Its slope is σ(x) + x σ(x) σ(−x): ½ at 0, below 0 left of x = −1.2785, where it is lowest, and a
    little above 1 on the right. It is used in networks that see, and in large language models.
    """
    return _gate(x, -np.abs(x))


def _twice_u(x):
    return -sqrt(8 / pi) * np.abs(x * (1 + 0.044715 * x * x))


def _twice_xu(x):
    return -sqrt(8 / pi) * np.abs(x * (1 + 3 * 0.044715 * x * x))


@_activation(
    "GELU by tanh", lambda x: _gate_slope(x, _twice_u(x), _twice_xu(x)),
    r"\frac{x}{2}\left(1 + \tanh\left(\sqrt{2/\pi}\,(x + 0.044715\,x^3)\right)\right)", range=(-0.17004075057125406, inf),
    source="Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs)",
)
def gelu_tanh(x):
    """Let x through a gate that comes within 0.0005 of GELU's, with no need of the normal distribution.

    With u for what stands within the tanh, it is x σ(2u), where no digits are lost as in
    1 + tanh u. Its slope is σ(2u) + 2xu′ σ(2u) σ(−2u). It is used where GELU's own gate was once
    too slow, and by the networks that were trained so.
    """
    return _gate(x, _twice_u(x))


_FAR = -37.0  # left of it, Φ(x) runs out of digits before x Φ(x) does


def _tail(x):
    """Give \\|x| Φ(x) / φ(x) far to the left, by its asymptotic series."""
    t = 1 / (x * x)
    return 1 - t * (1 - 3 * t * (1 - 5 * t * (1 - 7 * t * (1 - 9 * t))))


def _gelu_slope(x):
    far, t = x < _FAR, -x * x / 2
    cdf = rarely(far, lambda: 0, _normal_cdf()(np.maximum(x, _FAR)))
    return cdf + scaled_exp(rarely(far, lambda: x - _tail(x) / x, x) / sqrt(2 * pi), t, np.exp(t))


@_activation(
    "GELU", _gelu_slope, r"x\,\Phi(x)", range=(-0.16997120747990366, inf),
    source="Hendrycks & Gimpel (2016), Gaussian error linear units (GELUs)",
)
def gelu(x):
    """Let x through a gate as open as x is likely to exceed a normal number, x Φ(x).

    Φ(x) is the part of the standard normal distribution left of x, and φ(x) its density. The slope
    is Φ(x) + x φ(x): ½ at 0, below 0 left of x = −0.7518, where it is lowest, and a little above 1
    on the right. It is used in transformers.
    """

    def far():
        t = -x * x / 2
        return scaled_exp(-_tail(x) / sqrt(2 * pi), t, np.exp(t))

    return rarely(x < _FAR, far, x * _normal_cdf()(np.maximum(x, _FAR)))


def _mish_slope(x):
    x = np.maximum(x, -1e9)  # as in _gate_slope
    e = np.exp(-np.abs(x))
    f = e * e
    left = (x + 1) + (e * (x + 1.5) + (f + e * f / 4))
    over = 1 + (2 * e + f * (2 + (e + f / 4)))
    gate, rest = 1 + 2 * e, 1 + (2 * e + 2 * f)
    t = -2 * np.abs(x)
    right = (gate + 4 * (1 + e) * scaled_exp(x, t, np.exp(t) / rest)) / rest
    return np.where(x < 0, scaled_exp(left, -np.abs(x), e / over), right)


@_activation(
    "Mish", _mish_slope, r"x \tanh(\log(1 + e^x))", range=(-0.30884341301725043, inf),
    source="Misra (2019), Mish: a self regularized non-monotonic activation function",
)
def mish(x):
    """Let x through a gate made of tanh and softplus.

    Without either, the gate is n / (n + 2), where n = eˣ (eˣ + 2). Its slope is ⅗ at 0, below 0 left of
    x = −1.1924, where it is lowest, and a little above 1 on the right. It is used in networks that
    find things in pictures.
    """
    e = np.exp(-np.abs(x))
    f = e * e
    left = scaled_exp(x, -np.abs(x), e)
    t = -2 * np.abs(x)
    right = x - scaled_exp(2 * x, t, np.exp(t) / (1 + 2 * e + 2 * f))
    return np.where(x < 0, left - left * (e + f) / (2 + 2 * e + f), right)


# ---- hard versions: straight pieces in place of curves, for small devices


@_activation(
    "hard sigmoid", lambda x: (np.abs(x) < 3) / 6, r"\frac{\min(\max(x + 3, 0), 6)}{6}", range=(0, 1), kinks=(-3, 3),
    source="Courbariaux, Bengio & David (2015), BinaryConnect: training deep neural networks with binary weights "
    "during propagations (a steeper one); Howard et al. (2019), Searching for MobileNetV3 (this one)",
)
def hard_sigmoid(x):
    """Squeeze x between 0 and 1 by a ramp from −3 to 3.

    Its slope is 1/6 on the ramp, and 0 beside it and at the kinks, −3 and 3: a gate that is quite
    shut or open is at rest. It is used for gates where an exponential is too dear.
    """
    return (np.clip(x, -3, 3) + 3) / 6


@_activation(
    "hard tanh", lambda x: np.abs(x) < 1, r"\min(\max(x, -1), 1)", range=(-1, 1), kinks=(-1, 1),
    source="Collobert, Weston, Bottou, Karlen, Kavukcuoglu & Kuksa (2011), Natural language processing (almost) "
    "from scratch",
)
def hard_tanh(x):
    """Cut x off at −1 and 1.

    Its slope is 1 between them, and 0 beside and at the kinks, −1 and 1, where the unit is at rest. It
    is used where tanh is too dear, and for signals of few bits.
    """
    return np.clip(x, -1, 1)


@_activation(
    "ReLU6", lambda x: (x > 0) & (x < 6), r"\min(\max(x, 0), 6)", range=(0, 6), kinks=(0, 6),
    source="Krizhevsky (2010), Convolutional deep belief networks on CIFAR-10",
)
def relu6(x):
    """Pass on x where it is positive, but never more than 6.

    Its slope is 1 between 0 and 6, and 0 beside and at these kinks, where the unit is at rest. It is
    used on small devices, whose numbers of few bits must not grow large.
    """
    return np.clip(x, 0, 6)


@_activation(
    "hard swish", lambda x: np.where(np.abs(x) < 3, (2 * x + 3) / 6, x > 0),
    r"x\,\frac{\min(\max(x + 3, 0), 6)}{6}", range=(-0.375, inf), kinks=(-3, 3),
    source="Howard et al. (2019), Searching for MobileNetV3",
)
def hard_swish(x):
    """Let x through a gate that opens along a ramp, x times its hard sigmoid.

    Its slope is 0 up to −3, (2x + 3)/6 between −3 and 3, and 1 from 3 on: the kinks count to the
    outer sides. It is lowest at x = −1.5. It is used in networks for telephones.
    """
    return np.where(x > -3, x * ((np.clip(x, -3, 3) + 3) / 6), 0)
