"""The benchmark of chapter 16: the kept runs are whole, tuned alike, can be made again, and the sweep survives a kill."""

import math
from collections import Counter
from itertools import islice, product

import numpy as np
import pytest

import lib
from lib import measurements
from tools import choose
from tools.choose import Run

KEPT = choose.finished(choose.TARGET.read_text(encoding="utf-8"))
TABLE = measurements("choosing")


def fields(line):
    """What a line found out: right answers of validation and test, loss, diverged, dead."""
    *_, validation, test, loss, diverged, dead = line.split(",")
    return int(validation), int(test), float(loss), int(diverged), float(dead)


def test_every_cell_of_the_grid_is_there_once():
    assert list(KEPT) == list(choose.runs())
    assert len(TABLE) == len(KEPT) == len(set(choose.runs()))
    assert len(set(choose.SEEDS)) >= 5


def test_all_were_tuned_alike():
    """Each activation met the same starts, depths, rates and seeds, on both sets."""
    met = {name: Counter(run._replace(activation="") for run in KEPT if run.activation == name) for name in choose.BY_NAME}
    first = met["ReLU"]
    assert all(other == first for other in met.values())
    assert set(first) == set(map(lambda cell: Run(*cell), product(
        choose.DATA, [""], choose.STARTS, choose.DEPTHS, choose.RATES, choose.SEEDS)))  # fmt: skip


def test_every_activation_of_lib_takes_part():
    named = {thing.name for thing in vars(lib).values() if isinstance(thing, lib.Activation)}
    same = {"GELU by tanh": lib.gelu}  # left out, since the two can't be told apart here
    x = np.linspace(-9, 9, 1001)
    assert named - set(choose.BY_NAME) == set(same)
    assert np.abs(lib.gelu_tanh(x) - lib.gelu(x)).max() < 5e-4
    np.testing.assert_allclose(lib.celu()(x), lib.elu()(x))
    np.testing.assert_allclose(lib.swish()(x), lib.silu(x))


def test_its_numbers_are_sound():
    sizes = {name: [len(y) for _, y in choose.parts(name)] for name in choose.DATA}
    guess = {"tumours": math.log(2), "digits": math.log(10)}
    for run, line in KEPT.items():
        validation, test, loss, diverged, dead = fields(line)
        _, most_validation, most_test = sizes[run.data]
        assert 0 <= validation <= most_validation and 0 <= test <= most_test and 0 <= dead <= 1, line
        assert diverged == (not loss <= guess[run.data]) or math.isclose(loss, guess[run.data], rel_tol=0.01), line


def test_what_must_be_so_is_so():
    """Facts that the measurements did not have to be asked for."""
    for run, line in KEPT.items():
        *_, dead = fields(line)
        if run.activation in ("identity", "leaky ReLU(0.01)", "PReLU"):
            assert dead == 0, line  # a slope that is never 0
        if run.activation == "step":
            assert dead == 1, line  # and one that always is


# ---- made again

# Most have slow rates and few layers: rounding in the last digit does not grow there, so that any processor tells the
# same. The last ones are deep, and were tried with the arithmetic of another processor.
AGAIN = [
    Run(data, name, start, depth, 0.001, seed)
    for (name, start), (data, depth, seed) in zip(
        product(choose.BY_NAME, ["fitted"]), [("tumours", 1, 0), ("digits", 1, 4), ("tumours", 3, 2), ("digits", 3, 3)] * 5
    )
] + [
    Run("digits", "tanh", "fitted", 3, 0.003, 1),
    Run("tumours", "ReLU", "fitted", 3, 0.003, 1),
    Run("digits", "SELU", "fitted", 8, 0.001, 2),
    Run("digits", "ReLU", "fitted", 8, 0.003, 1),
    Run("tumours", "tanh", "fitted", 8, 0.003, 5),
]


@pytest.mark.parametrize("run", AGAIN, ids=lambda run: "-".join(map(str, run)))
def test_a_run_made_again_gives_the_kept_line(run):
    again, kept = fields(choose.result(run)), fields(KEPT[run])
    np.testing.assert_allclose(again[:2], kept[:2], atol=1)  # one answer may stand on the very edge
    np.testing.assert_allclose(again[2], kept[2], rtol=0.02)
    assert again[3] == kept[3]
    assert again[4] == pytest.approx(kept[4], abs=0.011)


def test_a_run_asks_no_other_run():
    """In whichever order runs are made, a run is the same to the last letter."""
    first, second = Run("tumours", "tanh", "fitted", 1, 0.01, 3), Run("tumours", "ReLU", "fitted", 1, 0.1, 0)
    alone = choose.result(second)
    assert choose.result(first) != alone == choose.result(second)


# ---- tuned on validation data, judged on test data


@pytest.mark.parametrize("name", choose.DATA)
def test_no_example_is_in_two_parts(name):
    parts = choose.parts(name)
    rows = [{tuple(row) for row in x} for x, _ in parts]
    assert not rows[0] & rows[2] and not rows[1] & rows[2] and not rows[0] & rows[1]
    assert sum(len(y) for _, y in parts) == {"digits": 1797, "tumours": 569}[name]
    assert np.mean(parts.training[0]) == pytest.approx(0, abs=1e-12)
    assert np.std(parts.training[0]) == pytest.approx(1)


def test_a_start_that_fits_keeps_the_size_of_sums():
    for activation in (lib.relu, lib.tanh, lib.sigmoid, lib.selu, lib.mish):
        gain = choose.gain("fitted", activation)
        assert gain**2 * lib.expect(lambda z: activation(z) ** 2, kinks=activation.kinks) == pytest.approx(1)  # noqa: B023
    assert choose.gain("fitted", lib.relu) == pytest.approx(choose.gain("He", lib.relu))
    assert choose.gain("fitted", lib.selu) == pytest.approx(choose.gain("LeCun", lib.selu))


# ---- resumed


def some():
    return list(islice((run for run in choose.runs() if run.data == "tumours" and run.depth == 1), 6))


@pytest.mark.parametrize("kept", [0, 1, 3, 5.4, 6])
def test_killed_anywhere_and_continued_it_gives_the_same_file(tmp_path, kept):
    whole, broken = tmp_path / "whole.csv", tmp_path / "broken.csv"
    choose.sweep(whole, some(), progress=iter)
    text = whole.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    head = len(lines) - 6
    cut = "".join(lines[: head + int(kept)])
    if kept % 1:
        cut += lines[head + int(kept)][:20]  # in the middle of a line
    broken.write_text(cut, encoding="utf-8")
    made = []

    def watched(runs):
        for run in runs:
            made.append(run)
            yield run

    choose.sweep(broken, some(), progress=watched)
    assert broken.read_text(encoding="utf-8") == text
    assert made == some()[int(kept) :]  # nothing is done twice


def test_killed_while_it_trains(tmp_path):
    target = tmp_path / "runs.csv"

    def pulled_out(runs):
        yield from runs[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        choose.sweep(target, some(), progress=pulled_out)
    assert list(choose.finished(target.read_text(encoding="utf-8"))) == some()[:2]


def test_the_kept_file_tells_the_command_that_made_it():
    text = choose.TARGET.read_text(encoding="utf-8")
    assert text.startswith(choose.header()) and "`make choosing`" in text.splitlines()[0]
    assert choose.TARGET.stat().st_size < 450_000
