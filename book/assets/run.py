"""Runs the cells of one page in the reader's own browser (book/assets/run-worker.js calls it).

A chapter's cell runs as in a notebook: in order, on what the cells before it left behind. An
answer to an exercise stands by itself: it finds what those cells of the chapter give whose names
it uses, and no name that an earlier answer left; nor does a later cell find the answer's own names.
"""

import ast
import base64
import html
import io
import linecache
import re
import symtable
import sys
import traceback

import lib

DEEPEST = 400  # calls in each other: a browser's stack holds fewer than Python's own limit of 1000
MOST = 20_000  # characters that one run may print; an endless loop would fill the page
ROOMS = ["lines", "planes", "valleys", "amounts", "sketches", "family", "plots", "widgets"]
DRAWING = {name for name, thing in vars(lib).items() if getattr(thing, "__module__", "") in {f"lib.{r}" for r in ROOMS}}


def names(source):
    """The names that a cell gives to those after it, and the names that it takes from those before it."""
    gives, takes = set(), set()
    for part in _in_order(ast.parse(source).body):
        top = symtable.symtable(ast.unparse(part), "cell", "exec")
        tables, given = [top], set()
        while tables:
            table = tables.pop()
            tables += table.get_children()
            for symbol in table.get_symbols():
                if table is top or symbol.is_global():
                    if symbol.is_assigned() or symbol.is_imported():
                        given.add(symbol.get_name())
                    if symbol.is_referenced() and symbol.get_name() not in gives:
                        takes.add(symbol.get_name())
        gives |= given
    return gives, takes


def _in_order(statements):
    """Statements as they take names and give them: a loop gives its own variable before its body takes it."""
    for statement in statements:
        if isinstance(statement, ast.For):
            yield ast.Assign([statement.target], statement.iter, lineno=0)
            yield from _in_order(statement.body + statement.orelse)
        else:
            if isinstance(statement, ast.AugAssign):
                yield ast.Expr(statement.target)
            yield statement


def ground(source):
    """A cell as others stand on it: without the figure at its end, which leaves nothing behind."""
    last = ast.parse(source).body[-1:]
    if last and isinstance(last[0], ast.Expr) and names(ast.unparse(last[0]))[1] & DRAWING:
        return "".join(source.splitlines(keepends=True)[: last[0].lineno - 1])
    return source


def needed(cells, source):
    """Which cells a piece of code stands on: for each name that it takes, the last one that gives it, and so on."""
    wanted, chosen = names(source)[1], []
    for number in reversed(range(len(cells))):
        gives, takes = names(cells[number])
        if wanted & gives:
            chosen.insert(0, number)
            wanted = wanted - gives | takes
    return chosen


def draws(source):
    """Whether a piece of code may draw, so that matplotlib is wanted."""
    return bool(names(source)[1] & DRAWING or re.search(r"\bmatplotlib\b", source))


class Stream:
    """Takes what a reader's code prints, and hands it on as long as it is not too much."""

    encoding = "utf-8"

    def __init__(self, kind, show):
        self.kind, self.show, self.left = kind, show, MOST

    def write(self, text):
        if self.left > 0:
            self.show(self.kind, text[: self.left])
        if 0 <= self.left < len(text):
            self.show("stderr", f"\n… the rest is left out: more than {MOST:,} characters.\n")
        self.left -= len(text)
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False


class Page:
    """The cells of one page, and what they have left behind.

    Parameters
    ----------
    show : callable
        Called with a kind ("stdout", "stderr", "html" or "text") and a text, for each thing to show.
    """

    def __init__(self, show):
        self.show = show
        sys.setrecursionlimit(min(DEEPEST, sys.getrecursionlimit()))
        self.chapter, self.ran, self.grounds, self.plan = _fresh(), set(), {}, None

    def prepare(self, cells, source, answer):
        """Settle what runs: some of the cells, then a piece of code; return whether any of it draws.

        Parameters
        ----------
        cells : list of str
            The page's cells before this one, in order.
        source : str
            What the reader wants to run.
        answer : bool
            Whether it is an answer to an exercise, not one of the chapter's cells.
        """
        cells, wanted = list(cells), False
        first = [] if answer else [n for n in range(len(cells)) if n not in self.ran]
        try:
            cells = [ground(cell) for cell in cells]
            if answer:
                first = needed(cells, source)
            wanted = any(map(draws, [*(cells[n] for n in first), source]))
        except SyntaxError:
            pass  # running it will say so
        self.plan = cells, first, source, answer
        return wanted

    def run(self):
        """Run what was prepared, and show what it prints and its last value, or its error; never raises."""
        cells, first, source, answer = self.plan
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Stream("stdout", self.show), Stream("stderr", self.show)
        name = "your answer" if answer else f"cell {len(cells) + 1}"
        try:
            if answer:
                space = self._ground(cells, first)
            else:
                space = self.chapter
                for number in first:
                    sys.stdout.left = -1  # the page shows already what it prints
                    _execute(cells[number], f"cell {number + 1}", space)
                    self.ran.add(number)
                sys.stdout.left = MOST
            self._pyplot([*(cells[number] for number in first), source])
            try:
                self._display(_execute(source, name, space))
            finally:
                self._figures()
            if not answer:
                self.ran.add(len(cells))
        except BaseException as error:  # SystemExit too: it may not end the page
            self.show("stderr", told(error))
        finally:
            sys.stdout, sys.stderr = streams

    def _ground(self, cells, first):
        """A copy of the names that these cells give; they run once, whichever answers stand on them."""
        key = tuple(cells[number] for number in first)
        if key not in self.grounds:
            space, sys.stdout.left = _fresh(), -1
            for number in first:
                _execute(cells[number], f"cell {number + 1}", space)
            self.grounds[key], sys.stdout.left = space, MOST
        return dict(self.grounds[key])

    def _pyplot(self, sources):
        """Where code asks for pyplot, have its figures shown on the page."""
        if any(re.search(r"\bpyplot\b", source) for source in sources):
            import matplotlib

            matplotlib.use("svg")
            import matplotlib.pyplot

            matplotlib.pyplot.show = lambda *_, **__: self._figures()

    def _figures(self):
        """Show what was drawn with pyplot since the last time."""
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            figures = [pyplot.figure(number) for number in pyplot.get_fignums()]
            pyplot.close("all")
            for figure in figures:
                self._display(figure)

    def _display(self, value):
        if isinstance(value, lib.Picture):
            self.show("html", value.boxed(f"run {value.alt}"))
        elif hasattr(value, "savefig"):
            if pyplot := sys.modules.get("matplotlib.pyplot"):
                pyplot.close(value)  # or it would be shown twice
            self.show("html", _image(value))
        elif hasattr(value, "_repr_mimebundle_"):
            self.show("html", value._repr_mimebundle_()["text/html"])
        elif hasattr(value, "_repr_html_"):
            self.show("html", value._repr_html_())
        elif hasattr(value, "_repr_svg_"):
            self.show("html", value._repr_svg_())
        elif value is not None:
            self.show("text", repr(value)[:MOST])


def _image(figure):
    """A figure of the reader's own: an image, so that its styles and names stay apart from the page's."""
    figure.savefig(drawn := io.BytesIO(), format="svg")
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    alt = html.escape("; ".join(filter(None, titles)) or "Your figure")
    return f'<img alt="{alt}" src="data:image/svg+xml;base64,{base64.b64encode(drawn.getvalue()).decode()}">'


def _fresh():
    return {"__name__": "__main__"}


def _execute(source, name, space):
    """Run a cell and return the value of its last line, if that is an expression."""
    linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name  # for tracebacks
    tree = ast.parse(source, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), space)
    return last and eval(compile(ast.Expression(last.value), name, "eval"), space)


def told(error):
    """An error as Python shows it, cut to the lines that stand on the page."""
    shown = traceback.TracebackException.from_exception(error)
    part = shown
    while part:
        own = [frame for frame in part.stack if re.fullmatch(r"your answer|cell \d+", frame.filename)]
        part.stack = traceback.StackSummary.from_list(own)
        part = part.__cause__ or part.__context__
    return "".join(shown.format())
