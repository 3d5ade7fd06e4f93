"""Datasets: small sets in the plane, drawn on the spot, and real handwritten digits."""

from pathlib import Path
from typing import NamedTuple

import numpy as np


class Digits(NamedTuple):
    """The handwritten digits, split in two: see `digits`."""

    x_train: np.ndarray  # (1438, 64)
    y_train: np.ndarray  # (1438,)
    x_test: np.ndarray  # (359, 64)
    y_test: np.ndarray  # (359,)


def xor():
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, np.array([0, 1, 1, 0])


def blobs(rng, size):
    y = np.arange(size) % 2
    angle, radius = rng.uniform(0, 2 * np.pi, size), rng.uniform(0, 1, size)
    centre = np.where(y == 1, 1.0, -1.0)  # (size,), for both coordinates
    return np.column_stack([centre + radius * np.cos(angle), centre + radius * np.sin(angle)]), y


def moons(rng, size, noise=0.1):
    y = np.arange(size) % 2
    angle = rng.uniform(0, np.pi, size)
    sign = np.where(y == 0, 1.0, -1.0)
    arc = np.column_stack([sign * (np.cos(angle) - 0.5), sign * (np.sin(angle) - 0.25)])
    return arc + rng.normal(0, noise, (size, 2)), y


def spirals(rng, size, noise=0.03):
    y = np.arange(size) % 2
    radius = np.sqrt(rng.uniform(0, 1, size))
    angle = 3 * np.pi * radius + np.pi * y
    arm = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return arm + rng.normal(0, noise, (size, 2)), y


def digits():
    table = np.loadtxt(Path(__file__).with_name("data") / "digits.csv.gz", delimiter=",", dtype=int)
    x, y = table[:, :64] / 16, table[:, 64]
    test = np.concatenate([np.flatnonzero(y == digit)[2::5] for digit in range(10)])
    test = np.isin(np.arange(len(y)), test)
    return Digits(x[~test], y[~test], x[test], y[test])
