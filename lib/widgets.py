"""Figures that move: `explore` draws a picture for every setting of its controls and keeps them all.

One bundle, two faces. Where a kernel runs, Jupyter shows ipywidgets controls and the
kernel draws whatever you ask for, ten times as finely. Where none runs, a page shows
the frames that were drawn when the cell ran: its script (`book/assets/explore.js`)
puts the pieces together again and computes nothing.
"""

from __future__ import annotations

import html
import inspect
import itertools
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral, Real

import numpy as np

from .panels import tick_texts
from .pictures import Picture
from .plots import plot

MOST_FRAMES = 1500
_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Control:
    """One thing that a reader can move.

    Parameters
    ----------
    name : str
        The parameter of the function that it sets.
    kind : str
        "slider", "choice" or "sequence".
    values : tuple
        What it can be set to, in order.
    texts : tuple of str
        How each value is written.
    start : int
        Where it stands at first: an index into `values`.
    """

    name: str
    kind: str
    values: tuple
    texts: tuple[str, ...]
    start: int

    @property
    def label(self) -> str:
        """The name as a reader sees it."""
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Exploration:
    """A figure with controls: what `explore` returns.

    Parameters
    ----------
    function : callable
        From the controls' values to something that `plot` accepts.
    controls : tuple of Control
        What can be moved; the last one changes fastest in `frames`.
    """

    function: Callable
    controls: tuple[Control, ...]

    def picture(self, **values) -> Picture:
        """The picture for these values of the controls."""
        return plot(self.function(**values))

    @property
    def start(self) -> dict:
        """The values with which the figure opens."""
        return {control.name: control.values[control.start] for control in self.controls}

    @cached_property
    def opening(self) -> Picture:
        """The picture with which the figure opens."""
        return self.picture(**self.start)

    def frames(self) -> list[Picture]:
        """The pictures for all settings, in the order of `itertools.product`."""
        names = [control.name for control in self.controls]
        settings = itertools.product(*(control.values for control in self.controls))
        return [
            self.opening if number == self._first else self.picture(**dict(zip(names, values, strict=True)))
            for number, values in enumerate(settings)
        ]

    @property
    def _first(self) -> int:
        """Which of the frames is the opening one."""
        shape = [len(control.values) for control in self.controls]
        return int(np.ravel_multi_index([control.start for control in self.controls], shape))

    def html(self) -> str:
        """The figure for a page without a kernel: its starting picture, and every frame as data."""
        pictures = self.frames()
        # Not the first picture's own ids: that may stand on the same page by itself.
        owner = f"explore {[c.texts for c in self.controls]} {self.opening.panels}"
        frames = [picture.boxed(owner) for picture in pictures]
        pieces, sequences = shared_pieces(frames)
        data = {
            "controls": [{"label": c.label, "kind": c.kind, "texts": c.texts, "start": c.start} for c in self.controls],
            "pieces": pieces,
            "frames": sequences,
        }
        packed = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        # Inside a script element these two would end it, or hide its end.
        packed = packed.replace("</", "<\\/").replace("<!--", "\\u003c!--")
        return (
            f'<figure class="explore">{frames[self._first]}<figcaption>{self._caption()}</figcaption>'
            f'<script type="application/json">{packed}</script></figure>'
        )

    def _caption(self) -> str:
        moves = [f"<b>{html.escape(c.label)}</b> ({html.escape(_extent(c))})" for c in self.controls]
        shown = ", ".join(f"{c.label} = {c.texts[c.start]}" for c in self.controls)
        return f"This figure moves: {' and '.join(moves)}. Shown here: <span>{html.escape(shown)}</span>."

    def widget(self):
        """The figure with ipywidgets controls, drawn by the kernel."""
        from .controls import moved_by_kernel  # not at the head: the Python of a page has no ipywidgets

        return moved_by_kernel(self)

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/html": self.html(), "text/plain": repr(self)}
        if getattr(get_ipython(), "kernel", None) is not None:
            # As ipywidgets shows a widget of its own; version 7, which Colab has, can't be asked for it.
            bundle[_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.widget().model_id}
        return bundle

    def __repr__(self) -> str:
        return f"A figure that moves with {', '.join(c.label for c in self.controls)}. {self.opening.alt}"


def explore(function: Callable, **controls) -> Exploration:
    """Make a figure that a reader can move.

    Parameters
    ----------
    function : callable
        Takes the controls' values by name; returns a `Picture`, or anything that `plot`
        accepts: `explore(elu, alpha=(0.1, 3, 0.1))` moves ELU's own parameter. The
        figure opens with the function's default values.
    **controls
        For each parameter what it can be, written as for `ipywidgets.interact`:
        `(low, high)` or `(low, high, step)`, a slider; a list, or a mapping from labels to
        values, a choice by buttons; a `range`, a sequence with Play and single steps.

    Returns
    -------
    Exploration

    Raises
    ------
    ValueError
        If a control is not one of these, is not a parameter of the function, or if there
        would be too many frames to keep.
    """
    parameters = inspect.signature(function).parameters
    unknown = set(controls) - set(parameters)
    if unknown or not controls:
        raise ValueError(
            f"explore moves parameters of {_name(function)}: {', '.join(parameters) or 'it has none'}; "
            f"given: {', '.join(sorted(unknown)) or 'no control'}."
        )
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [p.name for p in parameters.values() if p.default is p.empty and p.kind not in optional]
    missing = [name for name in needed if name not in controls]
    if missing:
        raise ValueError(f"{_name(function)} also needs {', '.join(missing)}: give it a control, or a default value.")
    made = tuple(_control(name, given, parameters[name].default) for name, given in controls.items())
    count = int(np.prod([len(control.values) for control in made]))
    if count > MOST_FRAMES:
        sizes = " × ".join(str(len(control.values)) for control in made)
        raise ValueError(
            f"explore would keep {sizes} = {count} frames; take wider steps, at most {MOST_FRAMES} frames."
        )
    return Exploration(function, made)


def get_ipython():
    """The shell that runs the cell; None where IPython was never imported."""
    shell = sys.modules.get("IPython")
    return shell and shell.get_ipython()


def _name(function: Callable) -> str:
    return getattr(function, "__name__", "the function")


def _control(name: str, given, default) -> Control:
    if isinstance(given, range):
        values, kind = tuple(given), "sequence"
    elif isinstance(given, tuple):
        values, kind = _stops(name, given), "slider"
    elif isinstance(given, Mapping):
        values, kind = tuple(given.values()), "choice"
    elif isinstance(given, list):
        values, kind = tuple(given), "choice"
    else:
        raise ValueError(
            f"The control {name} is {given!r}; write (low, high, step) for a slider, "
            "a list for a choice, a range for a sequence."
        )
    if len(values) < 2:
        raise ValueError(f"The control {name} has nothing to move between: it can only be {given!r}.")
    if isinstance(given, Mapping):
        texts = tuple(map(str, given))
    else:
        texts = (
            tuple(map(_text, values))
            if kind == "choice"
            else tuple(tick_texts(np.array([float(f"{value:.4g}") for value in values])))
        )
    return Control(name, kind, values, texts, _start(values, default))


def _stops(name: str, given: tuple) -> tuple[float, ...]:
    numbers = all(isinstance(part, Real) for part in given)
    if not numbers or len(given) not in (2, 3):
        raise ValueError(
            f"The slider {name} is {given!r}; write (low, high) or (low, high, step), or a list for a choice."
        )
    low, high = given[:2]
    step = given[2] if len(given) == 3 else (high - low) / 20
    if not (low < high and step > 0 and np.isfinite([low, high]).all()):
        raise ValueError(
            f"The slider {name} goes from {low} to {high} in steps of {step}: low must be below high, the step above 0."
        )
    # Multiples of the step, rounded: 0.1 + 0.1 + 0.1 should read 0.3.
    count = int(np.floor((high - low) / step + 1e-9)) + 1
    whole = all(isinstance(part, Integral) for part in (low, high, step))
    return tuple(low + i * step if whole else round(low + i * step, 10) for i in range(count))


def _start(values: Sequence, default) -> int:
    if isinstance(default, Real) and all(isinstance(value, Real) for value in values):
        return int(np.argmin([abs(value - default) for value in values]))
    # An array has no one answer to ==, so what is the very same object comes first.
    same = (i for i, value in enumerate(values) if value is default or np.all(value == default))
    return next(same, 0)


def _text(value) -> str:
    if isinstance(value, str):
        return value
    text = f"{value:.4g}" if isinstance(value, (float, np.floating)) else str(getattr(value, "name", value))
    return text.replace("-", "−")


def _extent(control: Control) -> str:
    if control.kind == "choice":
        return ", ".join(control.texts)
    return f"{control.texts[0]} to {control.texts[-1]}"


# --- frames as shared pieces -------------------------------------------------------------


def shared_pieces(texts: Sequence[str]) -> tuple[list[str], list[list[int]]]:
    """Split texts into pieces so that what several of them share is stored once.

    Parameters
    ----------
    texts : sequence of str
        Frames as markup.

    Returns
    -------
    pieces : list of str
        Each different piece, once.
    sequences : list of list of int
        For each text the pieces that make it up: `"".join(pieces[i] for i in sequence)`.
    """
    split = [re.split(r"(?=<[^/])", text) for text in texts]
    # Two tags that always follow each other belong to one piece.
    after, before = defaultdict(set), defaultdict(set)
    for tags in split:
        for a, b in itertools.pairwise([None, *tags, None]):
            after[a].add(b)
            before[b].add(a)
    numbers: dict[str, int] = {}
    sequences = []
    for tags in split:
        runs = [tags[0]]
        for a, b in itertools.pairwise(tags):
            if after[a] == {b} and before[b] == {a}:
                runs[-1] += b
            else:
                runs.append(b)
        sequences.append([numbers.setdefault(run, len(numbers)) for run in runs])
    return list(numbers), sequences
