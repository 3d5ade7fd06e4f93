"""The small sets in the plane, the digits and the letters: their shapes, their classes, their split."""

import gzip
import inspect
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

import lib
from lib import blobs, digits, first_sign, letters, moons, spirals, xor

DRAWN = [blobs, moons, spirals]


def test_xor():
    x, y = xor()
    np.testing.assert_array_equal(x, [[0, 0], [0, 1], [1, 0], [1, 1]])
    np.testing.assert_array_equal(y, [0, 1, 1, 0])
    assert x.dtype == float and y.dtype == int


@pytest.mark.parametrize("dataset", DRAWN)
@pytest.mark.parametrize("size", [1, 2, 7, 200])
def test_points_and_classes(dataset, size):
    x, y = dataset(np.random.default_rng(0), size)
    assert x.shape == (size, 2) and x.dtype == float
    assert y.shape == (size,) and y.dtype == int
    np.testing.assert_array_equal(y, np.arange(size) % 2)  # half and half


@pytest.mark.parametrize("dataset", DRAWN)
def test_chance_comes_from_the_rng_alone(dataset):
    first, again, other = (dataset(np.random.default_rng(seed), 50)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).any(axis=1).any()


@pytest.mark.parametrize("dataset", DRAWN)
def test_ordinary_mistakes(dataset):
    with pytest.raises(TypeError, match="rng must be a random generator, not 0"):
        dataset(0, 100)
    for size in (0, -3, 2.5):
        with pytest.raises(ValueError, match="size must be a whole number, 1 or more"):
            dataset(np.random.default_rng(0), size)


def test_a_line_parts_the_blobs():
    x, y = blobs(np.random.default_rng(0), 20_000)
    side = x.sum(axis=1) / np.sqrt(2)  # the distance from the line x1 + x2 = 0
    assert side[y == 1].min() > 0.4 and side[y == 0].max() < -0.4
    for label, centre in [(0, -1), (1, 1)]:
        away = x[y == label] - centre
        radius, angle = np.hypot(*away.T), np.arctan2(*away.T)
        assert 0.99 < radius.max() <= 1 and radius.mean() == pytest.approx(0.5, abs=0.02)
        quarters = np.histogram(angle, 4, (-np.pi, np.pi))[0]
        assert quarters.min() > 0.23 * quarters.sum()  # round: as many points in every direction
        assert not np.allclose(radius[:-1], radius[1:])


def test_moons_are_two_half_circles():
    x, y = moons(np.random.default_rng(0), 4000, noise=0)
    for label, centre, sign in [(0, (-0.5, -0.25), 1), (1, (0.5, 0.25), -1)]:
        away = x[y == label] - centre
        np.testing.assert_allclose(np.hypot(*away.T), 1)
        assert (sign * away[:, 1]).min() >= 0
        assert away[:, 0].min() < -0.99 and away[:, 0].max() > 0.99


def test_spirals_wind_once_and_a_half():
    x, y = spirals(np.random.default_rng(0), 4000, noise=0)
    radius = np.hypot(*x.T)
    assert radius.max() <= 1 and np.mean(radius < 0.5) == pytest.approx(0.25, abs=0.03)  # even over the disc
    turned = np.arctan2(x[:, 1], x[:, 0]) - 3 * np.pi * radius - np.pi * y
    np.testing.assert_allclose(np.cos(turned), 1)


@pytest.mark.parametrize("dataset, usual", [(moons, 0.1), (spirals, 0.02)])
def test_noise(dataset, usual):
    """The same rng with and without noise differ by normal noise of just that size."""
    assert inspect.signature(dataset).parameters["noise"].default == usual
    quiet = dataset(np.random.default_rng(0), 5000, noise=0)[0]
    noise = dataset(np.random.default_rng(0), 5000, noise=0.3)[0] - quiet
    assert noise.std() == pytest.approx(0.3, rel=0.03) and abs(noise.mean()) < 0.015
    assert abs(np.corrcoef(noise.T)[0, 1]) < 0.05
    assert np.std(dataset(np.random.default_rng(0), 5000)[0] - quiet) == pytest.approx(usual, rel=0.03)


@pytest.mark.parametrize("dataset", [moons, spirals])
def test_no_line_parts_them(dataset):
    x, y = dataset(np.random.default_rng(0), 400)
    best = np.linalg.lstsq(np.column_stack([x, np.ones(400)]), 2 * y - 1, rcond=None)[0]
    assert np.mean((np.column_stack([x, np.ones(400)]) @ best > 0) == y) < 0.95


@pytest.mark.parametrize("length", [1, 2, 50])
def test_first_sign(length):
    x, y = first_sign(np.random.default_rng(0), 401, length)
    assert x.shape == (401, length, 1) and x.dtype == float and y.dtype == int
    np.testing.assert_array_equal(y, np.arange(401) % 2)
    np.testing.assert_array_equal(x[:, 0, 0], np.where(y, 1.0, -1.0))
    np.testing.assert_array_equal(x, first_sign(np.random.default_rng(0), 401, length)[0])
    other = first_sign(np.random.default_rng(1), 401, length)[0]
    assert np.isclose(x, other).sum() <= 401 + 0.01 * x[:, 1:].size  # the signs, and few by chance


def test_the_noise_after_the_first_sign_tells_nothing():
    x, y = first_sign(np.random.default_rng(0), 20_000, 5)
    quiet = first_sign(np.random.default_rng(0), 20_000, 5, noise=0.25)[0]
    assert x[:, 1:].std(axis=(0, 2)) == pytest.approx(1, rel=0.02)
    np.testing.assert_allclose(quiet[:, 1:], 0.25 * x[:, 1:])
    assert np.abs(x[y == 1, 1:].mean(axis=0) - x[y == 0, 1:].mean(axis=0)).max() < 0.05


def test_mistakes_with_sequences():
    with pytest.raises(TypeError, match="rng must be a random generator, not 0"):
        first_sign(0, 4, 4)
    with pytest.raises(ValueError, match="size must be a whole number, 1 or more, not 0"):
        first_sign(np.random.default_rng(0), 0, 4)
    with pytest.raises(ValueError, match="length must be a whole number, 1 or more, not 2.5"):
        first_sign(np.random.default_rng(0), 4, 2.5)


def test_digits():
    data = digits()
    assert isinstance(data, tuple) and isinstance(data, lib.Digits)
    assert data._fields == ("x_train", "y_train", "x_test", "y_test")
    assert data.x_train.shape == (1438, 64) and data.y_train.shape == (1438,)
    assert data.x_test.shape == (359, 64) and data.y_test.shape == (359,)
    for x, y in [(data.x_train, data.y_train), (data.x_test, data.y_test)]:
        assert x.dtype == float and y.dtype == int
        assert x.min() == 0 and x.max() == 1
        np.testing.assert_array_equal(16 * x, np.round(16 * x))  # seventeen greys
        assert set(y) == set(range(10))


def test_digits_are_those_of_the_source():
    """The class counts that UCI prints for its test part, and the checksum that the licence page tells."""
    data = digits()
    every = np.concatenate([data.y_train, data.y_test])
    np.testing.assert_array_equal(np.bincount(every), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    folder = Path(lib.__file__).parent / "data"
    checksum = sha256(gzip.decompress((folder / "digits.csv.gz").read_bytes())).hexdigest()
    assert checksum == "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
    notice = (folder / "README.md").read_text(encoding="utf-8")
    for part in (checksum, "CC BY 4.0", "10.24432/C50P49", "Alpaydin", "Kaynak", "tools/make_digits.py"):
        assert part in notice


def test_the_split_is_every_fifth_of_each_digit():
    """Rebuilt from the file in another way: walk along it, and count how often each digit came by."""
    file = Path(lib.__file__).parent / "data" / "digits.csv.gz"
    seen, parts = [0] * 10, {"train": [], "test": []}
    for line in gzip.decompress(file.read_bytes()).decode().splitlines():
        *image, label = map(int, line.split(","))
        parts["test" if seen[label] % 5 == 2 else "train"].append((image, label))
        seen[label] += 1
    data = digits()
    for part, x, y in [("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test)]:
        np.testing.assert_array_equal(x * 16, [image for image, _ in parts[part]])
        np.testing.assert_array_equal(y, [label for _, label in parts[part]])
    assert {35, 36, 37} >= set(np.bincount(data.y_test))


def test_letters():
    data = letters()
    assert isinstance(data, lib.Letters) and data._fields == ("x_train", "y_train", "x_test", "y_test")
    assert [part.shape for part in data] == [(16000, 16), (16000,), (4000, 16), (4000,)]
    for x, y in [(data.x_train, data.y_train), (data.x_test, data.y_test)]:
        assert x.dtype == float and y.dtype == int
        assert x.min() == 0 and x.max() == 1
        np.testing.assert_array_equal(np.round(15 * x) / 15, x)
        assert set(y) == set(range(26))


def test_letters_are_those_of_the_source():
    """The checksums that the licence page tells, of this text and of the original, and the counts that UCI prints."""
    folder = Path(lib.__file__).parent / "data"
    text = gzip.decompress((folder / "letters.csv.gz").read_bytes())
    original = "".join(
        f"{chr(ord('A') + int(label))},{measures}\n" for measures, label in (line.rsplit(",", 1) for line in text.decode().split())
    )
    assert original.startswith("T,2,8,3,5,1,8,13,0,6,6,10,8,0,8,0,8\n")
    notice = (folder / "README.md").read_text(encoding="utf-8")
    for part in (sha256(text).hexdigest(), sha256(original.encode()).hexdigest(), "10.24432/C5ZP40", "Slate", "tools/make_letters.py"):
        assert part in notice
    assert notice.count("CC BY 4.0") == 2
    counts = [789, 766, 736, 805, 768, 775, 773, 734, 755, 747, 739, 761, 792, 783, 753, 803, 783, 758, 748, 796, 813, 764, 752]
    every = np.concatenate([letters().y_train, letters().y_test])
    np.testing.assert_array_equal(np.bincount(every), [*counts, 787, 786, 734])


def test_the_letters_are_split_where_the_donor_splits_them():
    """Rebuilt from the file in another way: the first 16,000 lines, and the rest."""
    file = Path(lib.__file__).parent / "data" / "letters.csv.gz"
    rows = [[int(number) for number in line.split(",")] for line in gzip.decompress(file.read_bytes()).decode().split()]
    data = letters()
    for part, x, y in [(rows[:16000], data.x_train, data.y_train), (rows[16000:], data.x_test, data.y_test)]:
        np.testing.assert_array_equal(np.round(x * 15), [measures for *measures, _ in part])
        np.testing.assert_array_equal(y, [label for *_, label in part])


def test_data_are_loaded_anew():
    for load in (digits, letters):
        load().x_train[:] = 0  # what one reader spoils, the next call does not see
        assert load().x_train.any()


@pytest.mark.parametrize("name, most", [("digits", 60_000), ("letters", 190_000)])
def test_the_file_is_small_and_carries_no_date(name, most):
    file = Path(lib.__file__).parent / "data" / f"{name}.csv.gz"
    header = file.read_bytes()[:10]
    assert header[4:8] == bytes(4)  # the time of compression
    assert not header[3]  # no file name, no comment
    assert file.stat().st_size < most
