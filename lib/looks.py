"""Looks: the colour and dash of each activation and of each further line, and the marker of each class."""

from __future__ import annotations

from .pictures import COLOURS

# One colour and one dash for one activation, the same in the whole book.
LOOKS = {
    "slope": ("slate", (0, (4, 1.5))), "step": ("slate", (0, (1, 1.2))), "identity": ("slate", "-"),
    "sigmoid": ("red", "-"), "hard sigmoid": ("red", (0, (2, 1))),
    "tanh": ("blue", (0, (6, 1.5))), "hard tanh": ("blue", (0, (2, 1))),
    "ReLU": ("green", "-"), "ReLU6": ("green", (0, (3, 1.5))),
    "leaky ReLU": ("olive", (0, (4, 1.5))), "PReLU": ("olive", (0, (2, 1))),
    "ELU": ("purple", (0, (5, 1.5, 1, 1.5))), "CELU": ("magenta", (0, (3, 1.5))), "SELU": ("magenta", "-"),
    "softplus": ("teal", (0, (1, 1))), "GELU": ("orange", "-"), "GELU by tanh": ("brown", (0, (2, 1.5))),
    "SiLU": ("teal", (0, (7, 2))), "swish": ("teal", (0, (3, 1))), "hard swish": ("teal", (0, (4, 1, 1, 1))),
    "Mish": ("brown", (0, (6, 1.5, 1, 1.5))),
}  # fmt: skip
SERIES = [
    ("blue", "-"), ("orange", (0, (6, 1.5))), ("green", (0, (2, 1.2))), ("purple", (0, (5, 1.5, 1, 1.5))),
    ("red", (0, (1, 1))), ("teal", (0, (8, 2))), ("brown", (0, (3, 1.5))), ("magenta", (0, (4, 1, 1, 1, 1, 1))),
    ("olive", "-"), ("slate", (0, (6, 1.5))),
]  # fmt: skip
MARKERS = "osD^vPX*hp"
TINTS = ["tint-blue", "tint-orange", "tint-green", "tint-purple"]
# What the markers are called.
SHAPES = ["circles", "squares", "diamonds", "triangles", "triangles pointing down", "plus signs", "crosses", "stars",
          "hexagons", "pentagons"]  # fmt: skip


def look(label: str, index: int) -> tuple[str, object]:
    """The colour and dash of a line: its activation's own, or the next of the series."""
    name, dash = LOOKS.get(str(label).split("(")[0].strip(), SERIES[index % len(SERIES)])
    return COLOURS[name], dash


def looks_of(labels) -> dict[str, tuple[str, object]]:
    """A look for each label: members of one family share its colour, but no dash."""
    looks: dict[str, tuple[str, object]] = {}
    for index, label in enumerate(labels):
        colour, dash = look(label, index)
        free = [other for other in (dash, *(d for _, d in SERIES)) if (colour, other) not in looks.values()]
        looks[label] = (colour, free[0] if free else dash)
    return looks
