"""The benchmark of chapter 16: tuned alike, judged by other seeds, made again in part; and the guide follows from its table."""

import csv
import math
from collections import Counter, defaultdict
from itertools import islice, product
from statistics import median

import numpy as np
import pytest
from exercises import Chapter

import lib
from lib import measurements
from tools import choose
from tools.choose import Run

KEPT = choose.finished(choose.TARGET.read_text(encoding="utf-8"))
TABLE = measurements("choosing")


def fields(line):
    """What a line found out: right answers, loss, dead."""
    *_, right, loss, dead = line.split(",")
    return int(right), float(loss), float(dead)


def asked(run):
    """How many examples a run was asked."""
    return len(getattr(choose.parts(run.data), run.on)[1])


def test_every_cell_of_the_grid_is_there_once():
    assert list(KEPT) == [*choose.tuning(), *choose.judging(KEPT)]
    assert len(TABLE) == len(KEPT) == sum(not line.startswith(("#", "on,")) for line in choose.TARGET.read_text().splitlines())


def test_all_were_tuned_alike():
    """Each activation met the same starts, depths, rates and seeds, on both sets, and never the test data."""
    tuned = [run for run in KEPT if run.on == "validation"]
    met = {name: Counter(run._replace(activation="") for run in tuned if run.activation == name) for name in choose.BY_NAME}
    grid = product(["validation"], choose.DATA, [""], choose.STARTS, choose.DEPTHS, choose.RATES, choose.TUNING)
    assert all(other == met["ReLU"] for other in met.values())
    assert set(met["ReLU"]) == {Run(*cell) for cell in grid} and set(met["ReLU"].values()) == {1}


def test_others_judge_than_those_that_chose():
    judges = defaultdict(set)
    for run in KEPT:
        if run.on == "test":
            judges[run.data, run.depth, run.activation, run.start, run.rate].add(run.seed)
    assert len(judges) == len(choose.DATA) * len(choose.DEPTHS) * len(choose.BY_NAME)  # one setting each
    chose, first, second = (set(seeds) for seeds in (choose.TUNING, choose.JUDGING, choose.AGAIN))
    assert all(seeds == first | second for seeds in judges.values())
    assert len(first) == len(second) == 10 and len(chose | first | second) == len(chose) + 20


def test_the_judged_settings_are_those_that_validation_prefers():
    """Chosen again from the file, in another way than by the program that chose."""
    with choose.TARGET.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    total = defaultdict(Counter)
    for row in rows:
        if row["on"] == "validation":
            total[row["data"], row["depth"], row["activation"]][row["start"], row["rate"]] += int(row["right"])
    for row in rows:
        if row["on"] == "test":
            settings = total[row["data"], row["depth"], row["activation"]]
            assert len(settings) == len(choose.STARTS) * len(choose.RATES)
            assert settings[row["start"], row["rate"]] == max(settings.values())


def test_every_activation_of_lib_takes_part():
    named = {thing.name for thing in vars(lib).values() if isinstance(thing, lib.Activation)}
    same = {"GELU by tanh": lib.gelu}  # left out, since the two can't be told apart here
    x = np.linspace(-9, 9, 1001)
    assert named - set(choose.BY_NAME) == set(same)
    assert np.abs(lib.gelu_tanh(x) - lib.gelu(x)).max() < 5e-4
    np.testing.assert_allclose(lib.celu()(x), lib.elu()(x))
    np.testing.assert_allclose(lib.swish()(x), lib.silu(x))


def test_its_numbers_are_sound():
    for run, line in KEPT.items():
        right, loss, dead = fields(line)
        assert 0 <= right <= asked(run) and 0 <= dead <= 1, line
        assert loss > 0 or math.isnan(loss), line


def test_what_must_be_so_is_so():
    """Facts that the measurements did not have to be asked for."""
    for run, line in KEPT.items():
        *_, dead = fields(line)
        if run.activation in ("identity", "leaky ReLU(0.01)"):
            assert dead == 0, line  # a slope that is never small
        if run.activation == "step":
            assert dead == 1, line  # and one that always is
    same = {"identity": "LeCun", "SELU": "LeCun", "ReLU": "He"}  # the starts that fit them, up to rounding
    for run, line in KEPT.items():
        if run.on == "validation" and run.start == "fitted" and run.activation in same and (run.depth, run.rate) == (1, 0.001):
            again = fields(KEPT[run._replace(start=same[run.activation])])
            np.testing.assert_allclose(fields(line)[:2], again[:2], rtol=0.01)


# ---- made again

# Slow rates, few layers: rounding in the last digit does not grow there, so that any processor tells the same. The last
# ones are deeper. `-k again` with another processor's arithmetic was tried as well.
AGAIN = [
    Run("validation", data, name, start, depth, 0.001, seed)
    for name, (data, start, depth, seed) in zip(
        choose.BY_NAME,
        [("digits", "fitted", 1, 0), ("letters", "He", 1, 1), ("digits", "LeCun", 3, 1), ("letters", "fitted", 3, 0)] * 5,
    )
] + [
    Run("validation", "digits", "tanh", "He", 3, 0.003, 1),
    Run("validation", "letters", "ReLU", "fitted", 3, 0.003, 1),
    Run("validation", "digits", "SELU", "fitted", 8, 0.001, 0),
]


def made_again(run):
    again, kept = fields(choose.result(run)), fields(KEPT[run])
    assert abs(again[0] - kept[0]) <= max(1, asked(run) // 500)  # a few answers may stand on the very edge
    np.testing.assert_allclose(again[1], kept[1], rtol=0.02)
    assert again[2] == pytest.approx(kept[2], abs=0.011)


@pytest.mark.parametrize("run", AGAIN, ids=lambda run: "-".join(map(str, run)))
def test_a_run_made_again_gives_the_kept_line(run):
    made_again(run)


@pytest.mark.parametrize("data, depth, activation", [("digits", 1, "GELU"), ("letters", 1, "SiLU"), ("digits", 1, "PReLU")])
def test_a_run_that_judges_made_again_gives_the_kept_line(data, depth, activation):
    """Fast rates are chosen, and rounding may grow: one answer in a hundred may differ."""
    run = next(run for run in KEPT if (run.on, run.data, run.depth, run.activation) == ("test", data, depth, activation))
    assert abs(fields(choose.result(run))[0] - fields(KEPT[run])[0]) <= asked(run) / 100


def test_a_run_asks_no_other_run():
    """In whichever order runs are made, a run is the same to the last letter."""
    first, second = (Run("validation", "digits", name, "fitted", 1, 0.01, 1) for name in ("tanh", "ReLU"))
    alone = choose.result(second)
    assert choose.result(first) != alone == choose.result(second)


# ---- what is measured


@pytest.mark.parametrize("name", choose.DATA)
def test_the_three_parts_are_the_whole(name):
    parts, whole = choose.parts(name), {"digits": lib.digits, "letters": lib.letters}[name]()
    training, validation, test = (x for x, _ in parts)
    assert np.mean(training) == pytest.approx(0, abs=1e-12) and np.std(training) == pytest.approx(1)
    assert len(training) + len(validation) == len(whole.x_train) and len(test) == len(whole.x_test)
    held_out = np.arange(len(whole.x_train)) % 5 == 4
    rows = np.empty_like(whole.x_train)
    rows[~held_out], rows[held_out] = training, validation  # every example is in one part, and none in two
    scale = whole.x_train[~held_out].std()
    np.testing.assert_allclose(rows * scale + whole.x_train[~held_out].mean(), whole.x_train, atol=1e-12)
    np.testing.assert_array_equal(parts.test[1], whole.y_test)


def test_a_start_that_fits_keeps_the_size_of_sums():
    for activation in (lib.relu, lib.tanh, lib.sigmoid, lib.selu, lib.mish):
        gain = choose.gain("fitted", activation)
        assert gain**2 * lib.expect(lambda z: activation(z) ** 2, kinks=activation.kinks) == pytest.approx(1)  # noqa: B023
    assert choose.gain("fitted", lib.relu) == pytest.approx(choose.gain("He", lib.relu))
    assert choose.gain("fitted", lib.selu) == pytest.approx(choose.gain("LeCun", lib.selu))


@pytest.mark.parametrize("name", choose.BY_NAME)
def test_a_dead_unit_is_the_same_for_all(name):
    """A unit whose sums are all far below 0, or far above, is dead where the activation is flat there, and only there."""
    run = Run("validation", "digits", name, "fitted", 1, 0.001, 0)
    x = np.random.default_rng(0).normal(size=(50, 8))
    flat_below = {"sigmoid", "hard sigmoid", "tanh", "hard tanh", "ReLU", "ReLU6", "softplus", "ELU(1)", "SELU", "GELU",
                  "SiLU", "hard swish", "Mish"}  # fmt: skip
    flat_above = {"sigmoid", "hard sigmoid", "tanh", "hard tanh", "ReLU6"}
    for bias, flat in [(-50.0, flat_below), (50.0, flat_above), (0.0, set())]:
        model = choose.network(run, 8, 3)
        model.layers[0].bias[:3] = bias
        expected = 1.0 if name == "step" else 3 / 32 if name in flat else 0.0
        assert choose.dead_share(model, x) == pytest.approx(expected), bias


def test_a_prelu_without_a_slope_dies_like_a_relu():
    model = choose.network(Run("validation", "digits", "PReLU", "fitted", 1, 0.001, 0), 8, 3)
    model.layers[0].bias[:3] = -50
    x = np.random.default_rng(0).normal(size=(50, 8))
    assert choose.dead_share(model, x) == 0
    model.layers[1].slopes[:2] = 0
    assert choose.dead_share(model, x) == pytest.approx(2 / 32)


def test_the_times_of_a_step():
    table = measurements("steps")
    assert [(row["activation"], row["depth"]) for row in table] == [(n, d) for d, n in product(choose.DEPTHS, choose.BY_NAME)]
    assert (table["us"] > 0).all() and (table["low"] <= table["ratio"]).all() and (table["ratio"] <= table["high"]).all()
    assert (table["ratio"][table["activation"] == "ReLU"] == 1).all()
    assert choose.TIMES.read_text(encoding="utf-8").startswith("# Made by `make choosing` (")


def test_the_times_measured_again_have_every_row():
    again = list(choose.times(rounds=2, turns=1))
    assert [row[:2] for row in again] == [(row["activation"], row["depth"]) for row in measurements("steps")]
    assert all(0 < value < np.inf for row in again for value in row[2:])


# ---- resumed


def some():
    return list(islice((run for run in choose.tuning() if run.data == "digits" and run.depth == 1), 6))


@pytest.mark.parametrize("kept", [0, 1, 3, 5.4, 6])
def test_killed_anywhere_and_continued_it_gives_the_same_file(tmp_path, kept):
    whole, broken = tmp_path / "whole.csv", tmp_path / "broken.csv"
    assert list(choose.sweep(whole, some(), progress=iter)) == some()
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


# ---- the guide follows from the table


@pytest.fixture(scope="module")
def chapter():
    return Chapter("choosing").run("practice", "guide")


def rank_sum(one, other):
    """The one-sided exact test, in another way than the chapter's: by a dictionary of sums of mid-ranks."""
    both = sorted([*one, *other])
    middle = {value: both.index(value) + (both.count(value) - 1) / 2 for value in both}
    ways = {(0, 0.0): 1}
    for value in both:
        more = {(k + 1, s + middle[value]): n for (k, s), n in ways.items()}
        ways = {key: ways.get(key, 0) + more.get(key, 0) for key in ways.keys() | more.keys()}
    real = sum(middle[value] for value in one)
    all_of_them = {s: n for (k, s), n in ways.items() if k == len(one)}
    return sum(n for s, n in all_of_them.items() if s <= real + 1e-9) / sum(all_of_them.values())


@pytest.fixture(scope="module")
def recomputed():
    """From the lines of the file and nothing else: who leads, who is below, and how many settings will do."""
    validation, test = defaultdict(lambda: defaultdict(list)), defaultdict(list)
    for run, line in KEPT.items():
        which = run.data, run.depth, run.activation
        if run.on == "validation":
            validation[which][run.start, run.rate].append(100 * fields(line)[0] / asked(run))
        elif run.seed in choose.JUDGING:
            test[which].append(100 * fields(line)[0] / asked(run))
    best = {which: max(map(np.mean, settings.values())) for which, settings in validation.items()}
    leaders, chances, will_do = {}, {}, {}
    for case in product(choose.DATA, choose.DEPTHS):
        leaders[case] = max(choose.BY_NAME, key=lambda name: best[(*case, name)])  # noqa: B023
        goal = best[(*case, leaders[case])] - 5
        for name in choose.BY_NAME:
            will_do[(*case, name)] = np.mean([np.mean(right) >= goal for right in validation[(*case, name)].values()])
            if name != leaders[case]:
                chances[(*case, name)] = rank_sum(test[(*case, name)], test[(*case, leaders[case])])
    below, worst = set(), 0.0
    for place, (which, chance) in enumerate(sorted(chances.items(), key=lambda item: item[1])):  # by Holm
        worst = max(worst, chance * (len(chances) - place))
        if worst < 0.05:
            below.add(which)
    return leaders, below, will_do, test


def test_who_is_below_the_leader(chapter, recomputed):
    leaders, below, _, _ = recomputed
    assert len(chapter["rivals"]) == 96
    assert {(*which[1:], which[0]) for which in chapter["below"]} == below
    assert {case: chapter["leader"](*case) for case in leaders} == leaders


@pytest.mark.parametrize("case", list(product(choose.DATA, choose.DEPTHS)), ids=str)
def test_the_guide_follows_from_the_table(chapter, recomputed, case):
    """Its order is that of its aim; nobody is in it who is below the leader or bends nothing; its title tells the interval."""
    _, below, will_do, test = recomputed
    took = {row["activation"]: row["ratio"] for row in measurements("steps") if row["depth"] == case[1]}
    good = {name for name in choose.BY_NAME if (*case, name) not in below} - {"step", "identity"}
    orders = {
        "a cheap step": sorted(good, key=lambda name: took[name]),
        "a forgiving rate": sorted(good, key=lambda name: (-will_do[(*case, name)], took[name])),
    }
    for aim, order in orders.items():
        assert chapter["candidates"](*case, aim) == order
        _, low, *_, high, _ = sorted(test[(*case, order[0])])
        said = chapter["guide"](*case, aim).alt
        assert said.startswith(f"{order[0]} (first of {len(order)} alike): {low:.1f} to {high:.1f} %"), said
        for name in order[:5]:
            assert f"{name}: median {median(test[(*case, name)]):.3g}" in said
    for aim, usual in chapter["practice"].items():
        said = chapter["guide"](*case, aim).alt
        assert said.startswith(f"{usual[0]} (practice; not raced)") and all(f"{name}: median" in said for name in usual)
