"""Datasets: small sets of points in the plane, sequences, real handwritten digits and real printed letters.

The sets in the plane, and the sequences, come as a pair ``(x, y)``: points ``x`` and their classes ``y``, 0 or 1.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from .expectations import expect_count, expect_rng


class Digits(NamedTuple):
    """Handwritten digits: ``x_train``, ``y_train`` to learn from, ``x_test``, ``y_test`` to judge by."""

    x_train: np.ndarray  # (1438, 64), from 0 (paper) to 1 (ink)
    y_train: np.ndarray  # (1438,), 0 to 9
    x_test: np.ndarray  # (359, 64)
    y_test: np.ndarray  # (359,)


class Letters(NamedTuple):
    """Printed letters, measured: ``x_train``, ``y_train`` to learn from, ``x_test``, ``y_test`` to judge by."""

    x_train: np.ndarray  # (16000, 16), from 0 to 1
    y_train: np.ndarray  # (16000,), 0 (A) to 25 (Z)
    x_test: np.ndarray  # (4000, 16)
    y_test: np.ndarray  # (4000,)


def xor():
    """Give the four points of "one or the other, but not both": no straight line parts them.

    Returns
    -------
    x : ndarray, shape (4, 2)
    y : ndarray of int, shape (4,)
    """
    return np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([0, 1, 1, 0])


def blobs(rng, size):
    """Draw two round clouds that the line x₁ + x₂ = 0 always parts.

    Class 0 lies within 1 of (−1, −1), class 1 within 1 of (1, 1), so every point is more than
    0.4 away from that line.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        How many points; the classes take turns.

    Returns
    -------
    x : ndarray, shape (size, 2)
    y : ndarray of int, shape (size,)
    """
    y = _classes(rng, size)
    centre = 2.0 * y - 1  # (size,), the same for both coordinates
    return centre[:, None] + _polar(rng.uniform(0, 1, size), rng.uniform(0, 2 * np.pi, size)), y


def moons(rng, size, noise=0.1):
    """Draw two half circles that reach into each other: a curve parts them, a line does not.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        How many points; the classes take turns.
    noise : float
        The standard deviation of what is added to each coordinate; the circles have radius 1.

    Returns
    -------
    x : ndarray, shape (size, 2)
    y : ndarray of int, shape (size,)
    """
    y = _classes(rng, size)
    upper = _polar(1, rng.uniform(0, np.pi, size)) - [0.5, 0.25]
    half_turn = (1 - 2 * y)[:, None]  # about the middle of the picture: class 1 is class 0 upside down
    return half_turn * upper + rng.normal(0, noise, (size, 2)), y


def spirals(rng, size, noise=0.02):
    """Draw two arms that wind once and a half round each other: a hard set for a small network.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        How many points; the classes take turns.
    noise : float
        The standard deviation of what is added to each coordinate; the arms end at radius 1.

    Returns
    -------
    x : ndarray, shape (size, 2)
    y : ndarray of int, shape (size,)
    """
    y = _classes(rng, size)
    radius = np.sqrt(rng.uniform(0, 1, size))  # the root spreads the points evenly along the arm
    return _polar(radius, 3 * np.pi * radius + np.pi * y) + rng.normal(0, noise, (size, 2)), y


def first_sign(rng, size, length, noise=1.0):
    """Draw sequences of noise that begin with ±1: the class is that first sign, to be kept until the end.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        How many sequences; the classes take turns.
    length : int
        How many moments each has.
    noise : float
        The standard deviation of all moments after the first.

    Returns
    -------
    x : ndarray, shape (size, length, 1)
        The first moment is −1 for class 0 and 1 for class 1.
    y : ndarray of int, shape (size,)

    References
    ----------
    After Bengio, Simard & Frasconi (1994), Learning long-term dependencies with gradient descent is
    difficult, who make a unit keep one bit of information.
    """
    y = _classes(rng, size)
    expect_count("length", length)
    x = rng.normal(0, noise, (size, length, 1))
    x[:, 0, 0] = 2 * y - 1
    return x, y


def digits():
    """Load 1,797 images of handwritten digits, 8 × 8 grey values each, split once for all.

    Of each digit every fifth image, from its third on, is for testing: 359 in all, about 36 of
    each digit; the other 1,438 are for training. Nothing is drawn, so everyone has the same
    split. (Every fifth image of the whole file would not do: there the digits follow each other
    in order.) The same thirteen people wrote both parts: the test tells how a network does on
    new digits, not on new handwritings.

    Returns
    -------
    Digits
        ``x_train`` (1438, 64), ``y_train`` (1438,), ``x_test`` (359, 64), ``y_test`` (359,).
        A row of ``x`` is an image, row by row, from 0 (paper) to 1 (ink), and
        ``x.reshape(-1, 8, 8)`` has the pictures; ``y`` is the digit as a whole number.

    References
    ----------
    Alpaydin & Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, https://doi.org/10.24432/C50P49 (CC BY 4.0): its test part.
    """
    table = _table("digits").astype(int)  # (1797, 65)
    x, y = table[:, :64] / 16, table[:, 64]
    test = _every_fifth(y)
    return Digits(x[~test], y[~test], x[test], y[test])


def letters():
    """Load 20,000 printed capital letters, 16 measures each, split as the donor splits them.

    The letters come from 20 fonts, each image stretched and bent at random. What is kept of an image is
    not the picture but 16 measures of it, whole numbers from 0 to 15: where its box lies, how wide and
    high it is, how many of its points are inked, and means, variances, correlations and edge counts of
    the inked points. The first 16,000 letters are for training and the last 4,000 for testing.

    Returns
    -------
    Letters
        ``x_train`` (16000, 16), ``y_train`` (16000,), ``x_test`` (4000, 16), ``y_test`` (4000,).
        A row of ``x`` has the measures of a letter, divided by 15; ``y`` is the letter as a whole
        number, 0 for A to 25 for Z.

    References
    ----------
    Slate (1991), Letter Recognition, UCI Machine Learning Repository,
    https://doi.org/10.24432/C5ZP40 (CC BY 4.0).

    Frey & Slate (1991), Letter recognition using Holland-style adaptive classifiers.
    """
    table = _table("letters").astype(int)  # (20000, 17)
    x, y = table[:, :16] / 15, table[:, 16]
    return Letters(x[:16000], y[:16000], x[16000:], y[16000:])


def measurements(name):
    """Load a table of what a notebook can't measure: each machine would print another number, or it takes too long.

    ``"cost"``: what each activation and its slope take on arrays of the sums of a layer, 256 examples times
    its width, and what the layer's product of matrices takes. Made by ``make cost``; the first lines of
    lib/data/cost.csv tell on what. Its columns:

    - ``name``: an activation, the families at their usual parameter; ``x @ weights`` for the product of
      (256, width) by (width, width); or a function of numpy (``ndtr``: of scipy);
    - ``part``: ``plain function`` and ``plain slope`` (a line of numpy, as one would write it first),
      ``exact function`` and ``exact slope`` (those of lib, right to the last digits), or ``numpy``;
    - ``width``: 16, 64, 256, 1024 or 4096;
    - ``ns``: nanoseconds of the processor for each entry of the answer, the median of the rounds;
    - ``ratio``, ``low``, ``high``: the same in units of what squaring that array took, right before it: the
      median and the quartiles.

    ``"choosing"``: the same network trained with every activation, each tuned alike. Made by ``make choosing``,
    which tools/choose.py explains. Its columns:

    - ``on``: which data were asked: ``validation`` in the runs that choose, ``test`` in those that judge, with the seeds
      10 to 19, and in those that judge again, with 20 to 29;
    - ``data``: ``digits`` or ``letters``;
    - ``activation``: its name; ``PReLU`` is the layer;
    - ``start``: how large the weights began: as ``LeCun``, as ``He``, or ``fitted`` to the activation, so that the
      sums of the next layer have the mean square of this one's;
    - ``depth``, ``rate``, ``seed``: the number of hidden layers, Adam's rate, and which draw of weights and batches;
    - ``right``: how many answers were right, of as many as the first lines of the file tell;
    - ``loss``: on 1,000 training examples, at the end;
    - ``dead``: the share of hidden units with next to no slope on any of these, which tools/choose.py defines.

    ``"steps"``: what a training step of that network takes, made by the same command. Its columns:

    - ``activation``, ``depth``: as above;
    - ``us``: microseconds of the processor, the median of the rounds;
    - ``ratio``, ``low``, ``high``: the same in units of ReLU's step in the same round: the median and the quartiles.

    Parameters
    ----------
    name : str
        Which table: ``"choosing"``, ``"cost"`` or ``"steps"``.

    Returns
    -------
    ndarray
        One record a row: ``table["ns"]`` is a column, ``table[table["width"] == 256]`` are the rows of a width.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    data = Path(__file__).with_name("data")
    known = sorted(file.stem for file in data.glob("*.csv"))
    if name not in known:
        raise ValueError(f"there are measurements of {', '.join(map(repr, known))}, and not of {name!r}")
    lines = (data / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if not line.startswith("#")]
    return np.genfromtxt(table, delimiter=",", names=True, dtype=None, encoding="utf-8")


def _table(name):
    return np.loadtxt(Path(__file__).with_name("data") / f"{name}.csv.gz", delimiter=",")


def _every_fifth(y):
    """Mark every fifth of each class, from its third on."""
    marked = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        marked[np.flatnonzero(y == label)[2::5]] = True
    return marked


def _classes(rng, size):
    expect_rng(rng)
    expect_count("size", size)
    return np.arange(size) % 2


def _polar(radius, angle):
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
