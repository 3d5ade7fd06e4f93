"""Controls: a figure of `explore` with sliders and buttons of ipywidgets, drawn anew by the kernel at every move."""

from __future__ import annotations

from numbers import Integral

import ipywidgets


def moved_by_kernel(figure) -> ipywidgets.Widget:
    """The widget of an exploration: its controls, one below the other, and under them the picture.

    Parameters
    ----------
    figure : Exploration
        What `explore` returns.
    """
    inputs = [_input(control) for control in figure.controls]
    picture = ipywidgets.HTML(figure.opening.html)

    def show(_):
        values = {control.name: _value(control, field) for control, field in zip(figure.controls, inputs, strict=True)}
        picture.value = figure.picture(**values).html

    rows = []
    for control, field in zip(figure.controls, inputs, strict=True):
        field.observe(show, "value")
        rows.append(_with_play(field) if control.kind == "sequence" else field)
    return ipywidgets.VBox([*rows, picture])


def _input(control) -> ipywidgets.Widget:
    look = {"description": control.label, "style": {"description_width": "initial"}}
    if control.kind == "choice":
        return ipywidgets.ToggleButtons(options=control.texts, index=control.start, **look)
    if control.kind == "sequence":
        return ipywidgets.SelectionSlider(options=control.texts, index=control.start, **look)
    low, high, step = control.values[0], control.values[-1], control.values[1] - control.values[0]
    whole = isinstance(step, Integral)
    slider = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    if not whole:
        step, look["readout_format"] = step / 10, ".3f"
    return slider(value=control.values[control.start], min=low, max=high, step=step, **look)


def _value(control, field: ipywidgets.Widget):
    return field.value if control.kind == "slider" else control.values[field.index]


def _with_play(slider: ipywidgets.SelectionSlider) -> ipywidgets.HBox:
    play = ipywidgets.Play(value=slider.index, min=0, max=len(slider.options) - 1, interval=400)
    ipywidgets.jslink((play, "value"), (slider, "index"))
    return ipywidgets.HBox([play, slider])
