"""The cells of a chapter and its exercises: what each of them needs from the cells before it is found by itself.

    Chapter("zigzag").run("kappa")["kappa"]     # the function that this cell leaves behind

Only the standard library is needed, so that the tests run wherever the chapters do.
"""

import ast
import json
import re
import symtable
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

NOTEBOOKS = Path(__file__).parent.parent / "chapters"


class Statement(NamedTuple):
    """A statement of a cell, with the names that it defines for those after it, and takes from those before it."""

    cell: str
    code: ast.stmt
    source: str
    shows: bool  # it stands at the end of its cell, and is a figure, a number, a verdict
    defines: set
    uses: set


class Chapter:
    """The cells of a notebook by their ids, and its exercises.

    `title` is its heading; `sources` holds the text of every cell; `exercises` the ids of the stub and of the cells of the
    solution, by the name of the check; `texts` what each exercise asks. The code in a text can be
    run like a cell, by the text's id.
    """

    def __init__(self, name):
        cells = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
        self.sources = {cell["id"]: "".join(cell["source"]) for cell in cells}
        self.title = next(iter(self.sources.values())).splitlines()[0].removeprefix("# ")
        self.exercises, self.texts, self._statements, self._text = {}, {}, [], set()
        asked = ""
        for cell in cells:
            id, code, tags = cell["id"], self.sources[cell["id"]], cell["metadata"].get("tags", [])
            if cell["cell_type"] == "markdown":
                asked = code[code.find("### Exercise") :]
                code = "".join(re.findall("```python\n(.*?)```", code, re.S))
            elif "exercise" in tags:
                exercise = re.search(r"^check\.(\w+)", code, re.M)[1]
                self.exercises[exercise], self.texts[exercise] = [id], asked
            elif "solution" in tags:
                self.exercises[exercise].append(id)
            else:
                self._text.add(id)
            body = ast.parse(code).body
            for each in body:
                shows = each is body[-1] and isinstance(each, ast.Expr)
                source = "\n".join(code.splitlines()[_first_line(each) - 1 : each.end_lineno])
                self._statements.append(Statement(id, each, source, shows, *_names(each)))

    def run(self, *ids):
        """The names that some cells leave behind, without what each shows at its end."""
        places = {place for place in self._places(ids) if not self._statements[place].shows}
        return self._left_by(places | self._needed(places))

    def before(self, *ids):
        """The names that some cells find when they run."""
        return self._left_by(self._needed(self._places(ids)))

    def ground(self, *ids, names=()):
        """What some cells stand on, and some names, as code: the statements needed, a blank line between cells."""
        needed = [self._statements[place] for place in sorted(self._needed(self._places(ids), names))]
        cells = groupby(needed, key=lambda each: each.cell)
        return "\n\n".join("\n".join(each.source for each in group) for _, group in cells)

    def _places(self, ids):
        assert set(ids) <= set(self.sources), f"no such cell: {set(ids) - set(self.sources)}"
        return {place for place, each in enumerate(self._statements) if each.cell in ids}

    def _needed(self, places, names=()):
        """Where the statements are that define some names, and what those at some places use."""
        needed, wanted = set(), set(names)
        for place, each in reversed([*enumerate(self._statements)]):
            if place in places:
                wanted = wanted - each.defines | each.uses
            elif wanted & each.defines and each.cell in self._text:
                needed.add(place)
                wanted = wanted - each.defines | each.uses
        return needed

    def _left_by(self, places):
        code = ast.Module([self._statements[place].code for place in sorted(places)], [])
        exec(compile(code, "the chapter", "exec"), names := {})
        return names


def _names(statement):
    """The names that a statement defines, and those that it uses."""
    tables = [symtable.symtable(ast.unparse(statement), "the chapter", "exec")]
    defines = {name.get_name() for name in tables[0].get_symbols() if name.is_assigned() or name.is_imported()}
    uses = set()
    for table in tables:
        uses |= {name.get_name() for name in table.get_symbols() if name.is_global() and name.is_referenced()}
        tables += table.get_children()
    # A function may call itself and a loop uses its variable, but x = x + 1 needs an x before.
    return defines, uses if isinstance(statement, ast.Assign) else uses - defines


def _first_line(statement):
    return min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])
