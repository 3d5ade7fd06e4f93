"""What every notebook of the book keeps to.

    python tools/rules.py                          tell what any notebook breaks
    python tools/rules.py chapters/neuron.ipynb    or this one

Each rule is a function that looks at a notebook and yields what is wrong with it, in
words that say what to do. The tests run every rule on every notebook.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tools import chapters  # noqa: E402

MOST_LINES, MEDIAN_LINES = 10, 3
WIDTH = 90  # characters of a line of code that a page shows side by side; course.css sets their size
WORDS_A_CELL = (50, 100)
GREETING = "Nothing here yet"  # what a check says to a blank stub; lib/check/frame.py


class Notebook:
    """A notebook, seen as the rules need it."""

    def __init__(self, path: Path):
        self.path = path
        self.raw = path.read_text(encoding="utf-8")
        self.data = json.loads(self.raw)
        self.cells = [{**cell, "source": "".join(cell["source"])} for cell in self.data["cells"]]
        self.markdown = [cell["source"] for cell in self.cells if cell["cell_type"] == "markdown"]
        self.code = [cell for cell in self.cells if cell["cell_type"] == "code"]

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        """Level and text of every heading."""
        return headings("\n\n".join(self.markdown))

    @cached_property
    def body(self) -> str:
        """The Markdown without its sources, whose numbers are those of others."""
        text = without_fences("\n\n".join(self.markdown))
        return re.sub(r"(?ms)^## Sources$.*?(?=^## |\Z)", "", text)


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def lines(cell: dict) -> int:
    """The lines of a code cell that aren't blank."""
    return sum(bool(line.strip()) for line in cell["source"].splitlines())


def name(cell: dict) -> str:
    """How a complaint calls a cell: by its first line."""
    return f"the cell `{cell['source'].strip().splitlines()[0] if cell['source'].strip() else '(empty)'}`"


def outputs(cell: dict) -> Iterator[tuple[str, str]]:
    """The outputs of a cell as pairs of kind and text; the kind is a mime type, or a stream's name."""
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            yield output["name"], "".join(output["text"])
        elif output["output_type"] == "error":
            yield "error", f"{output['ename']}: {output['evalue']}\n" + "\n".join(output["traceback"])
        else:
            for mime, content in output["data"].items():
                yield mime, content if isinstance(content, str) else "".join(map(str, content))


# --- how a cell was run --------------------------------------------------------------


def every_cell_was_run(book: Notebook) -> Iterator[str]:
    counts = [cell["execution_count"] for cell in book.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"The cells weren't run once, from top to bottom: their counts are {counts}."


def the_outputs_are_fresh(book: Notebook) -> Iterator[str]:
    if not chapters.is_fresh(book.path):
        yield "It was run with another lib or other code than it has now: make chapters"


def the_file_is_as_the_tool_writes_it(book: Notebook) -> Iterator[str]:
    """So that a diff shows what changed, and no editor's traces come in."""
    notebook = nbformat.reads(book.raw, as_version=4)
    nbformat.validate(notebook)
    expected = chapters.METADATA | {"course": notebook.metadata.get("course")}
    if book.raw != nbformat.writes(notebook) + "\n" or notebook.metadata != expected:
        yield f"An editor left its traces: python tools/chapters.py run chapters/{book.path.name}"
    for cell in book.cells:
        if set(cell["metadata"]) - {"tags"}:
            yield f"A cell's metadata hold its tags and no more: {name(cell)} has {cell['metadata']}."


def no_cell_complains(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        for kind, text in outputs(cell):
            if kind in ("stderr", "error"):
                yield f"{kind} in {name(cell)}: {text.strip()[:200]}"


MACHINE = re.compile(
    r"(?<![\w.])/(?:home|root|Users|work|tmp|usr|opt|var|private|builds)/\w|[A-Z]:\\\w|site-packages|ipykernel_|<ipython-input|\bat 0x\w+"
)


def no_trace_of_a_machine(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        for _, text in outputs(cell):
            if found := MACHINE.search(text):
                yield f"{name(cell)} shows something of the machine that it ran on: {found[0]}"


# --- how a cell is written -----------------------------------------------------------


def cells_are_short(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        if not 0 < lines(cell) <= MOST_LINES:
            yield f"{name(cell)} has {lines(cell)} lines; a cell has one to {MOST_LINES}."
    unseen = {"solution", "remove-cell", "remove-input"}
    shown = [lines(cell) for cell in book.code if not unseen & set(tags(cell))]
    if shown and statistics.median(shown) > MEDIAN_LINES:
        yield f"Half of the cells have more than {MEDIAN_LINES} lines: {sorted(shown)}."


def lines_of_code_fit_the_page(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        for line in cell["source"].splitlines():
            if len(line) > WIDTH and not {"remove-cell", "remove-input"} & set(tags(cell)):
                yield f"{name(cell)} has a line of {len(line)} characters; a page shows {WIDTH}: {line.strip()[:40]}…"


def no_plotting_code(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        if found := re.search(r"\bplt\b|\bmatplotlib\b|\bpylab\b|%\w+ inline", cell["source"]):
            yield f"{name(cell)} says {found[0]}: a figure comes from lib's plots."


def pictures_can_be_heard(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        for mime, text in outputs(cell):
            if mime in ("image/png", "image/jpeg"):
                yield f"{name(cell)} shows a picture of dots; a figure is an SVG."
            text = re.sub(r"(?s)<script.*?</script>", "", text)
            if "<svg" in text and mime.startswith(("image/", "text/html")):
                labels = re.findall(r'<[^>]*role="img"[^>]*>', text)
                if not labels or not all(re.search(r'aria-label="[^"]{20,}"', label) for label in labels):
                    yield f"{name(cell)} shows a figure without a sentence that says what it shows (aria-label)."


# --- the prose -----------------------------------------------------------------------

MYST = {
    "a directive": r"(?m)^\s*(?:```+|~~~+|:::+)\s*\{",
    "a role": r"\{[\w:+-]+\}`",
    "a colon fence": r"(?m)^:::",
    "a target": r"(?m)^\([\w-]+\)=\s*$",
    "a block break": r"(?m)^\+\+\+",
    "a comment": r"(?m)^% ",
    "a footnote": r"\[\^[\w-]+\]",
    "a script, style or frame": r"<(?:script|style|iframe)\b",
    "a labelled formula": r"(?m)\$\$ *\([\w-]+\) *$",
}


def plain_markdown(book: Notebook) -> Iterator[str]:
    """JupyterLab, Colab, VS Code and a code host's preview show MyST as raw text."""
    for text in book.markdown:
        for what, pattern in MYST.items():
            if found := re.search(pattern, text):
                yield f"Plain Markdown only, as every reader of notebooks shows it; here is {what}: {found[0].strip()}"


def headings_make_an_outline(book: Notebook) -> Iterator[str]:
    levels = [level for level, _ in book.headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "A notebook has one title (#), at its top."
    for (before, _), (level, text) in zip(book.headings, book.headings[1:]):
        if level > before + 1:
            yield f"The heading {text!r} skips a level."


def links_lead_somewhere(book: Notebook) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_fences("\n\n".join(book.markdown))):
        if re.match(r"https?://|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        path = (book.path.parent / file).resolve() if file else book.path
        if not path.is_file():
            yield f"The link to {target} leads nowhere."
        elif anchor and anchor not in anchors(path):
            yield f"The link to {target} leads to no heading; there are {', '.join(anchors(path))}."


def prose_and_code_are_in_balance(book: Notebook) -> Iterator[str]:
    text = re.sub(r"(?m)^#+ .*$", "", book.body)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|`[^`\n]+`", " x ", text, flags=re.S)
    words = len(re.findall(r"\w[\w'’-]*", re.sub(r"\]\([^)]*\)", "]", text)))
    count = sum("solution" not in tags(cell) for cell in book.code)
    if count and not WORDS_A_CELL[0] <= words / count <= WORDS_A_CELL[1]:
        yield f"{words} words for {count} code cells are {words / count:.0f} a cell; it should be {WORDS_A_CELL[0]} to {WORDS_A_CELL[1]}."


def headings(text: str) -> list[tuple[int, str]]:
    return [(len(marks), title) for marks, title in re.findall(r"(?m)^(#{1,6}) +(.+?) *$", without_fences(text))]


def without_fences(text: str) -> str:
    return re.sub(r"(?ms)^(```+|~~~+).*?^\1 *$", "", text)


def anchors(path: Path) -> list[str]:
    """The anchors of a notebook's or a page's headings, as Jupyter Book makes them."""
    found = Notebook(path).headings if path.suffix == ".ipynb" else headings(path.read_text(encoding="utf-8"))
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for _, title in found]


# --- the numbers in the prose --------------------------------------------------------

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺−", "0123456789-+-")
NUMBER = re.compile(
    r"(?<![\w.])(?P<whole>\d{1,3}(?:[,\u2009\u202f]\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"(?:\s?[·×]\s?10(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)|[eE](?P<exponent>[-+−]?\d+))?"
    r"(?P<percent>\s?(?:%|per ?cent\b))?(?!\d|\.\d)"
)


def every_number_was_measured(book: Notebook) -> Iterator[str]:
    """A decimal number or percentage in the prose stands in an output, or as it is in the code."""
    measured = [number for cell in book.code for number in numbers(heard(cell))]
    given = {value for cell in book.code for value, *_ in numbers(cell["source"])}
    for value, unit, percent, text in numbers(spoken(book.body)):
        if unit >= 1 and not percent:
            continue  # a whole number may count chapters, years, units
        agrees = any(
            abs(found * factor - value) <= 0.500001 * unit
            for found, _, in_percent, _ in measured
            # an output of 0.954 may be told as 95.4 %, and the other way round
            for factor in ((1, 100) if percent else (1, 0.01) if in_percent else (1,))
        )
        if not agrees and not any(
            abs(known * factor - value) < 1e-9 for known in given for factor in (1, 100 if percent else 1)
        ):
            yield f"{text} stands in the prose, but in no output of this notebook."


def numbers(text: str) -> Iterator[tuple[float, float, bool, str]]:
    """The numbers in a text: value without sign, the unit of its last digit, whether in per cent, as written."""
    for match in NUMBER.finditer(text):
        power = int((match["power"] or match["exponent"] or "0").translate(SUPERSCRIPTS))
        digits = re.sub(r"[,\u2009\u202f]", "", match["whole"]) + (match["decimals"] or "")
        unit = 10.0 ** (power - len(match["decimals"] or ".") + 1)
        yield float(f"{digits}e{power}"), unit, bool(match["percent"]), match[0].strip()


def spoken(text: str) -> str:
    """The prose of some Markdown: no code, no links, no formula that has a letter in it."""
    text = re.sub(r"`[^`\n]+`|!?\[[^\]]*\]\([^)]*\)|<[^>\n]+>", " ", text)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", lambda formula: _undisguised(formula[0]), text, flags=re.S)
    text = re.sub(r"Python \d\.\d+|CC BY[\w-]* \d\.\d", " ", text)  # names
    return re.sub(r"(\d)\s?–\s?(?=[\d.]+\s?%)", r"\1 % – ", text)  # 2–6 %


def _undisguised(formula: str) -> str:
    """A formula without letters is a number in disguise: $0.25$, $\\approx 95\\,\\%$, $2.7\\cdot 10^{-5}$."""
    text = re.sub(r"\\(?:cdot|times)\s*10\^\{?([-+]?\d+)\}?", r"e\1", formula.strip("$"))
    text = re.sub(r"\s*(e[-+]?\d)", r"\1", text).replace(r"\%", "%")
    text = re.sub(r"\\(?:approx|pm|l[et]|g[et]|leq|geq|[,;:!])(?![a-z])", " ", text)
    return f" {text} " if not re.search(r"\\|(?!e[-+\d])[A-Za-z]", text) else " "


def heard(cell: dict) -> str:
    """What a cell's outputs say in words and numbers, without the shapes of figures and the frames that wait."""
    texts = []
    for mime, text in outputs(cell):
        texts += re.findall(r'aria-label="([^"]*)"', text)
        if mime != "image/svg+xml":
            texts.append(re.sub(r"(?s)<(script|style|svg)\b.*?</\1>|<[^>]*>", " ", text))
    return "\n".join(texts)


# --- a chapter -----------------------------------------------------------------------


def nothing_is_hidden_but_solutions(book: Notebook) -> Iterator[str]:
    for cell in book.code:
        if set(tags(cell)) not in ({"exercise"}, {"solution", "hide-cell"}, set()):
            yield f"A cell is tagged exercise, or solution and hide-cell, or not at all; {name(cell)}: {tags(cell)}."


def a_chapter_ends_in_what_to_keep_exercises_and_sources(book: Notebook) -> Iterator[str]:
    second = [text for level, text in book.headings if level == 2]
    if second[-3:] != ["What to keep", "Exercises", "Sources"]:
        yield f"A chapter's last sections are What to keep, Exercises and Sources; here: {', '.join(second[-3:])}."


def exercises_are_complete(book: Notebook) -> Iterator[str]:
    """Heading, text, a blank stub that the check greets, a hidden solution that it accepts."""
    parts: list[tuple[str, list[dict]]] = []
    for cell in book.cells:
        titles = [text for _, text in headings(cell["source"])] if cell["cell_type"] == "markdown" else []
        if titles:
            parts.append((titles[-1], []))
        if parts:
            parts[-1][1].append(cell)

    exercises = [(title, cells) for title, cells in parts if title.startswith("Exercise ")]
    if not 3 <= len(exercises) <= 5:
        yield f"A chapter has three to five exercises; here are {len(exercises)}."
    for number, (title, cells) in enumerate(exercises, start=1):
        if not re.fullmatch(rf"Exercise {number}: \S.*", title):
            yield f"The heading {title!r} should be 'Exercise {number}: …'."
        stubs, solutions = ([cell for cell in cells if tag in tags(cell)] for tag in ("exercise", "solution"))
        if not stubs or not solutions:
            yield f"{title} has {len(stubs)} cells tagged exercise and {len(solutions)} tagged solution."
            continue
        asked, solved = _check(stubs[-1]), _check(solutions[-1])
        if "..." not in stubs[0]["source"] or not asked:
            yield f"{title}: the stub leaves a gap (...) and ends in a check."
        if asked != solved:
            yield f"{title}: the solution ends in {solved or 'no check'}, the stub in {asked}."
        if not any(GREETING in text for _, text in outputs(stubs[-1])):
            yield f"{title}: the check doesn't greet the blank stub."
        verdict = "\n".join(text for _, text in outputs(solutions[-1]))
        if "✓" not in verdict or "✗" in verdict or GREETING in verdict:
            yield f"{title}: the check doesn't accept the solution: {verdict}"


def _check(cell: dict) -> str:
    """The call of a check in which a cell ends."""
    return "".join(re.findall(r"(?ms)^check\.\w+\(.*\)\s*\Z", cell["source"])).strip()


EVERYWHERE = [
    every_cell_was_run,
    the_outputs_are_fresh,
    the_file_is_as_the_tool_writes_it,
    no_cell_complains,
    no_trace_of_a_machine,
    cells_are_short,
    lines_of_code_fit_the_page,
    no_plotting_code,
    pictures_can_be_heard,
    plain_markdown,
    headings_make_an_outline,
    links_lead_somewhere,
    every_number_was_measured,
]
IN_CHAPTERS = [
    nothing_is_hidden_but_solutions,
    prose_and_code_are_in_balance,
    a_chapter_ends_in_what_to_keep_exercises_and_sources,
    exercises_are_complete,
]
NO_CHAPTERS = ["accuracy.ipynb", "welcome.ipynb"]  # pages that happen to be notebooks


def rules_for(path: Path) -> list:
    return EVERYWHERE if path.name in NO_CHAPTERS else EVERYWHERE + IN_CHAPTERS


def main() -> int:
    wrong = 0
    for path in [Path(given) for given in sys.argv[1:]] or chapters.chapters():
        book = Notebook(path)
        for rule in rules_for(path):
            for complaint in rule(book):
                print(f"{path.name}: {complaint}")
                wrong += 1
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
