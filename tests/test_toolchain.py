"""Page, cells and `lib` can't disagree: each way to make them do so is tried here on a small copy of the project."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
COPIED = ["lib", "tools", "book", "lite", "tests/nbval_sanitize.cfg"]
COPIED += ["Makefile", "README.md", "_config.yml", "references.bib", "pyproject.toml", "requirements.txt"]
TOC = "format: jb-book\nroot: chapters/toy\n"
TEXT = "# A toy\n\nThe next cells print a number, draw a picture, and make one that moves."
CODE = [
    "from lib import elu, explore, plot, selu",
    'print(f"{selu(-1.0):.4f}")',
    "plot(selu)",
    "explore(elu, alpha=(0.5, 1.5, 0.5))",
]


class Project:
    """A copy of the project with one small chapter."""

    def __init__(self, root: Path):
        self.root = root
        self.chapter = root / "chapters" / "toy.ipynb"

    def run(self, *command: str) -> subprocess.CompletedProcess:
        """Run a command in the copy, with the copy's own lib; its output is in `stdout`."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "MAKE"))}
        environment |= {"PYTHONPATH": str(self.root), "NO_COLOR": "1"}
        return subprocess.run(
            command, cwd=self.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def tool(self, *arguments: str) -> subprocess.CompletedProcess:
        return self.run(sys.executable, *arguments)

    def make(self) -> subprocess.CompletedProcess:
        return self.run("make", "book", f"VENV={sys.prefix}", "READY=ready")

    def nbval(self) -> subprocess.CompletedProcess:
        sanitizer = "--nbval-sanitize-with=tests/nbval_sanitize.cfg"
        return self.tool("-m", "pytest", "chapters", "--nbval", sanitizer, "-p", "no:cacheprovider")

    def edit(self, change) -> None:
        """Change the chapter as data, without running it."""
        notebook = json.loads(self.chapter.read_text())
        change(notebook["cells"])
        self.chapter.write_text(json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n")

    def change_a_constant(self) -> None:
        module = self.root / "lib" / "activations.py"
        text, count = re.subn(r"1\.67326324\d+", "1.7", module.read_text())
        assert count, "SELU's alpha isn't in lib/activations.py any more; change another constant here"
        module.write_text(text)


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Project:
    root = tmp_path_factory.mktemp("project")
    for name in COPIED:
        (root / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    (root / "pyodide").symlink_to(ROOT / "pyodide")  # ten megabytes that no test changes
    (root / "_toc.yml").write_text(TOC)
    (root / "chapters").mkdir()
    cells = [new_markdown_cell(TEXT, id="text"), *(new_code_cell(code, id=f"code-{n}") for n, code in enumerate(CODE))]
    nbformat.write(new_notebook(cells=cells), root / "chapters" / "toy.ipynb")
    (root / "ready").touch()
    project = Project(root)
    ran = project.tool("tools/chapters.py", "run")
    assert ran.returncode == 0, ran.stdout
    return project


@pytest.fixture
def project(original, tmp_path) -> Project:
    return Project(shutil.copytree(original.root, tmp_path / "project", symlinks=True))


# --- how a page could come to show something else than its cells do ----------------------


def test_a_second_run_gives_the_same_file(project):
    first = project.chapter.read_bytes()
    assert project.tool("tools/chapters.py", "run", "chapters/toy.ipynb").returncode == 0
    assert project.chapter.read_bytes() == first
    assert b"widget-view" not in first and b"iopub" not in first


def test_the_copy_is_sound(project):
    """Or the tests below would prove nothing: they expect failures."""
    compared = project.nbval()
    assert compared.returncode == 0, compared.stdout
    assert "4 passed" in compared.stdout


def test_a_changed_lib_stops_the_build_and_the_comparison(project):
    project.change_a_constant()
    built = project.make()
    assert built.returncode and "chapters/toy.ipynb was run with another lib" in built.stdout
    assert "make chapters" in built.stdout
    assert not (project.root / "_build/html").exists()
    compared = project.nbval()
    assert compared.returncode and "2 failed, 2 passed" in compared.stdout, compared.stdout


def test_a_broken_cell_stops_everything_and_changes_no_file(project):
    project.edit(lambda cells: cells[2].update(source=["1 / 0"]))
    before = project.chapter.read_bytes()
    assert project.make().returncode
    assert "ZeroDivisionError" in project.nbval().stdout
    ran = project.tool("tools/chapters.py", "run")
    assert ran.returncode and "toy.ipynb was not written" in ran.stdout and "ZeroDivisionError" in ran.stdout
    assert project.chapter.read_bytes() == before


def edit_a_number_a_figure_and_a_frame_that_waits(cells):
    cells[2]["outputs"][0]["text"] = ["-1.1\n"]
    figure = cells[3]["outputs"][0]["data"]
    figure["image/svg+xml"] = re.sub(r' d="M ?\d', r"\g<0>7", "".join(figure["image/svg+xml"]))
    frames = cells[4]["outputs"][0]["data"]
    still, waiting = "".join(frames["text/html"]).split("<script", 1)
    frames["text/html"] = still + "<script" + re.sub(r"(\d)\.(\d)", r"\1.9\2", waiting)


def test_each_edited_output_fails_the_comparison(project):
    project.edit(edit_a_number_a_figure_and_a_frame_that_waits)
    compared = project.nbval()
    assert "3 failed, 1 passed" in compared.stdout, compared.stdout


def no_count(cells):
    cells[3]["execution_count"] = None


def no_output(cells):
    cells[3].update(execution_count=None, outputs=[])


def machine(cells):
    cells[2]["outputs"][0]["text"] = ["/home/ada/course\n"]


def stderr(cells):
    cells[2]["outputs"].append({"output_type": "stream", "name": "stderr", "text": ["RuntimeWarning: overflow\n"]})


@pytest.mark.parametrize(
    "edit, complaint",
    [
        (no_count, "their counts are [1, 2, None, 4]"),
        (no_output, "their counts are [1, 2, None, 4]"),
        (machine, "shows something of the machine"),
        (stderr, "stderr in the cell"),
    ],
)
def test_what_nbval_would_let_pass_breaks_a_rule(edit, complaint, project):
    """The very rules that tests/test_notebooks.py holds every chapter to."""
    project.edit(edit)
    assert complaint in project.tool("tools/rules.py").stdout


# --- the build ---------------------------------------------------------------------------


def test_the_build_fails_on_a_warning_shows_the_outputs_and_does_no_work_twice(project):
    text = project.chapter.read_text()
    project.edit(lambda cells: cells[0]["source"].append("\n\n[Somewhere](nowhere.ipynb)"))
    for _ in range(2):  # Sphinx alone would warn only once
        built = project.make()
        assert built.returncode and "nowhere.ipynb" in built.stdout, built.stdout

    project.chapter.write_text(text)
    built = project.make()
    assert built.returncode == 0, built.stdout
    assert (project.root / "_build/html/index.html").as_uri() in built.stdout
    path = project.root / "_build/html/chapters/toy.html"
    page = path.read_text()
    assert "-1.1113" in page
    # An SVG stands in the page, with its text for those who hear it; not in an <img>.
    assert re.search(r'<div[^>]*role="img"[^>]*aria-label="[^"]{20}[^>]*>\s*<svg', page)
    assert not re.search(r'<img[^>]*src="[^"]*\.svg', page)

    moment = path.stat().st_mtime_ns
    assert project.make().returncode == 0
    assert path.stat().st_mtime_ns == moment


# --- the environment -----------------------------------------------------------------------


def pins(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-e ", " "))]


def asked_for(*extras: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    lists = [project["dependencies"], *(optional[extra] for extra in extras or optional)]
    return [Requirement(line) for lines in lists for line in lines]


PLATFORMS = [("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64")]
PLATFORMS += [("darwin", "Darwin", "x86_64"), ("win32", "Windows", "AMD64")]
ENVIRONMENTS = [
    {
        "python_version": version,
        "python_full_version": f"{version}.9",
        "sys_platform": platform,
        "platform_system": system,
        "platform_machine": machine,
        "os_name": "nt" if platform == "win32" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for version in ["3.11", "3.12", "3.13"]
    for platform, system, machine in PLATFORMS
]


def in_force(requirements: list[Requirement], environment: dict) -> dict[str, Requirement]:
    found: dict[str, Requirement] = {}
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate(environment):
            assert requirement.name not in found, f"{requirement.name} is pinned twice"
            found[requirement.name] = requirement
    return found


@pytest.mark.parametrize(
    "environment", ENVIRONMENTS, ids=lambda e: f"{e['python_version']}-{e['sys_platform']}-{e['platform_machine']}"
)
@pytest.mark.parametrize("name, extras", [("requirements.txt", ()), ("binder/requirements.txt", ("notebook",))])
def test_the_pins_keep_to_the_bounds(name, extras, environment):
    pinned = in_force(pins(name), environment)
    for bound in in_force(asked_for(*extras), environment).values():
        assert bound.name in pinned, f"{bound} isn't in {name}: make requirements"
        (pin,) = pinned[bound.name].specifier
        assert pin.operator == "==" and bound.specifier.contains(pin.version), f"{bound} isn't met by {name}"


def test_the_lean_set_is_a_part_of_the_whole():
    whole, lean = ({(pin.name, pin.specifier) for pin in pins(n)} for n in ("requirements.txt", "binder/requirements.txt"))
    assert lean < whole
    names = {name for name, _ in lean}
    assert {"numpy", "matplotlib", "ipywidgets", "jupyterlab"} <= names
    assert not {"sphinx", "jupyter-book", "jax", "playwright"} & names


def test_what_instructors_have_is_what_the_chapters_were_run_with():
    whole, own = ({pin.name: pin.specifier for pin in pins(n)} for n in ("requirements.txt", "grading/requirements.txt"))
    assert {"nbgrader", "numpy", "tqdm"} <= own.keys() and not {"sphinx", "jax"} & own.keys()
    assert not {name for name in own.keys() & whole.keys() if own[name] != whole[name]}


@pytest.mark.parametrize("name", ["requirements.txt", "binder/requirements.txt", "grading/requirements.txt"])
def test_the_pins_hold_for_any_machine(name):
    text = (ROOT / name).read_text()
    assert "\n-e .\n" in text
    assert not re.search(r"://|index-url|find-links|@ ", text)


def test_what_is_installed_is_what_is_asked_for():
    """The workflow's runs on the oldest and the newest versions too: the bounds are what counts."""
    from importlib.metadata import version

    for bound in in_force(asked_for(), {}).values():
        assert bound.specifier.contains(version(bound.name), prereleases=True), f"{bound}, but {version(bound.name)}"


def test_the_wheel_holds_all_of_lib(tmp_path):
    made = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    packed = {name for name in zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist() if name.startswith("lib/")}
    files = (path for path in (ROOT / "lib").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert packed == {path.relative_to(ROOT).as_posix() for path in files}


def test_git_ignores_nothing_that_belongs_here():
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    candidates = ["lib/activations.py", "lib/data/digits.csv.gz", "lib/check/frame.py", "chapters/neuron.ipynb"]
    candidates += [".ci/run", "binder/runtime.txt", "book/assets/vendor/mathjax/tex-chtml.js"]
    candidates += [path.relative_to(ROOT).as_posix() for path in ROOT.glob("pyodide/wheels/*")]
    ignored = subprocess.run(["git", "check-ignore", "--no-index", *candidates], cwd=ROOT, capture_output=True, text=True)
    assert ignored.stdout == ""
