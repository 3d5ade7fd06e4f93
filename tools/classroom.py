"""A class of synthetic students: right in several ways, wrong in the tempting ways, careless, unlucky, and hostile.

Each kind answers one exercise in its own way and the others rightly. It says what mark that should
give: a share of the points, or None where there can be no verdict.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading.assignment import Assignment, Question
from grading.variants import Drawn, settings_of_the_book

EXERCISES = {"sure_gate": 1.0, "sigmoid_slope": 2.0, "forget_bias": 2.0, "from_the_answer": 2.0}
TARGET = "forget_bias"  # a function that the judge calls six times
HONEST = 40  # neighbours who answer all of it rightly


@dataclass(frozen=True)
class Kind:
    """One way to answer.

    Parameters
    ----------
    share : float or None
        What of the points of its exercise it should get; None for no verdict.
    answer : str or function
        The cell; or a function from the question to the cells. In the text, RIGHT stands for the solution.
    exercise : str, optional
        The exercise that it answers like this.
    """

    share: float | None
    answer: str | Callable[[Question], list[str]]
    exercise: str = TARGET

    def cells(self, question: Question) -> list[str]:
        if callable(self.answer):
            return self.answer(question)
        return [self.answer.replace("RIGHT", question.solution)]


def _books_own(question: Question) -> list[str]:
    exercise = question.drawn.exercise
    book = settings_of_the_book(exercise)
    told = Drawn(exercise, {name: book[name] for name in question.drawn.settings}, {})
    from grading.assignment import question as published

    return [published(told).solution]


def _of_another_class(question: Question) -> list[str]:
    other = Assignment("the same", EXERCISES, "a key of another class")
    return [next(each.solution for each in other.questions() if each.drawn.exercise == question.drawn.exercise)]


def _in_two_cells(question: Question) -> list[str]:
    return ["def by_logarithms(n, left):\n    return -np.log(np.expm1(-np.log(left) / n))",
            f"def bias_for(n):\n    return by_logarithms(n, {question.drawn.settings['left']})"]  # fmt: skip


def _half_right(question: Question) -> list[str]:
    return [question.solution.replace("factor = ", "factor = 1 + ")]


def _with_words(body: str) -> Callable[[Question], list[str]]:
    """A function in the student's own words; LEFT stands for the variant's setting."""
    return lambda question: [body.replace("LEFT", str(question.drawn.settings["left"]))]


WALK = """import os, sys
system = {'/usr', '/lib', '/lib64', '/bin', sys.prefix, sys.base_prefix}
def walk():
    for folder, within, names in os.walk('/'):
        within[:] = [each for each in within if os.path.join(folder, each) not in system]
        yield folder, names
"""
REFUSED = """import ctypes, os
libc = ctypes.CDLL(None)
def refused(call, *given):
    try: result = call(*given)
    except OSError: return
    assert result == -1, result
"""
WRONG = "def bias_for(n):\n    return 0.0\n"

KINDS = {
    # --- right, in several ways
    "the chapter's way": Kind(1, "RIGHT"),
    "a lambda": Kind(1, _with_words("bias_for = lambda n: -np.log(np.expm1(-np.log(LEFT) / n))")),
    "one number at a time": Kind(1, _with_words("import math\ndef bias_for(n):\n    return -math.log(math.expm1(-math.log(LEFT) / n))")),
    "a list of one number's array": Kind(1, _with_words("def bias_for(n):\n    return np.array(-np.log(np.expm1(-np.log(LEFT) / n)))")),
    "an object that can be called": Kind(1, "RIGHT\nclass Callable:\n    def __init__(self, f): self.f = f\n    def __call__(self, n): return self.f(n)\nbias_for = Callable(bias_for)"),
    "by bisection": Kind(1, _with_words("def bias_for(n):\n    low, high = -60.0, 60.0\n    for _ in range(200):\n        b = (low + high) / 2\n        low, high = (b, high) if -n * np.log1p(np.exp(-b)) < np.log(LEFT) else (low, b)\n    return b")),
    "a helper in a cell before": Kind(1, _in_two_cells),
    "what only a notebook understands": Kind(1, "%matplotlib inline\n!ls\nRIGHT"),
    "warnings": Kind(1, "import warnings\nwarnings.warn('careful')\nnp.log(0)\nRIGHT"),
    "a figure": Kind(1, "RIGHT\ncurves({'b': (np.arange(1, 9.0), np.array([bias_for(n) for n in range(1, 9)]))})"),
    "names in other letters": Kind(1, "Größe = 1\nπ = 3\nRIGHT"),
    "an error after the answer": Kind(1, "RIGHT\n1 / 0"),
    "a long cell": Kind(1, "data = '" + "π" * 200_000 + "'\nRIGHT"),
    "a cell that is too long": Kind(None, "data = '" + "π" * 400_000 + "'\nRIGHT"),
    # --- wrong, in the tempting ways
    "blank": Kind(0, lambda question: [question.stub]),
    "the published solution": Kind(0, _books_own),
    "the solution of another class": Kind(0, _of_another_class),
    "the published solution of a value": Kind(0, _books_own, "sure_gate"),
    "a wrong sign": Kind(0, _with_words("def bias_for(n):\n    return np.log(np.expm1(-np.log(LEFT) / n))")),
    "one of three": Kind(2 / 3, _half_right, "from_the_answer"),
    "nothing returned": Kind(0, "def bias_for(n):\n    print(n)"),
    "a number for a function": Kind(0, "bias_for = 3"),
    "a syntax error": Kind(0, "def bias_for(n)\n    return 1"),
    "an error in the cell": Kind(0, "1 / 0\nRIGHT"),
    "an error in the function": Kind(0, "def bias_for(n):\n    return undefined"),
    "only the page's inputs": Kind(0, _with_words("def bias_for(n):\n    return {m: -np.log(np.expm1(-np.log(LEFT) / m)) for m in (1.0, 2.0, 10.0, 100.0, 0.5, 1e5)}[n]")),
    "no byte that may stand in code": Kind(0, "\0"),
    "half of a character": Kind(0, "bias_for = '\ud800'"),
    # --- that don't come to an end, or end too soon
    "an endless loop": Kind(None, "while True: pass"),
    "an endless function": Kind(None, "def bias_for(n):\n    while True: pass"),
    "asleep": Kind(None, "import time\ntime.sleep(1000)"),
    "recursion": Kind(0, "def bias_for(n):\n    return bias_for(n)"),
    "sys.exit": Kind(0, "import sys\nsys.exit(0)"),
    "sys.exit in the function": Kind(0, "import sys\ndef bias_for(n):\n    sys.exit(0)"),
    "os._exit": Kind(None, "import os\nos._exit(0)"),
    "os._exit in the function": Kind(None, "import os\ndef bias_for(n):\n    os._exit(0)"),
    "kills itself": Kind(None, "import os\nos.kill(os.getpid(), 9)"),
    "kills its parent": Kind(None, "import os\nos.kill(os.getppid(), 9)\nos._exit(1)"),
    "kills all that it may": Kind(None, "import os, time\nos.kill(-1, 9)\ntime.sleep(1000)"),
    "becomes another program": Kind(None, "import os\nos.execv('/bin/sh', ['sh', '-c', 'exit'])"),
    "ends right after": Kind(1, "RIGHT\nimport os\nfrom grading.wire import Line\nserve, asked = Line._serve, []\ndef serve_and_end(self, *given):\n    serve(self, *given)\n    asked.append(given)\n    if len(asked) == 7: os._exit(1)\nLine._serve = serve_and_end"),
    "does not let go": Kind(1, "import os, time\nos._exit = lambda code: time.sleep(1000)\nRIGHT"),
    "a crash in C": Kind(None, "import ctypes\nctypes.string_at(0)"),
    "stops itself": Kind(None, "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    # --- that would change the judge
    "strips asserts": Kind(0, "import ast, builtins\nbuiltins.compile = lambda *a, **k: None\nast.Assert = ast.Pass\n" + WRONG),
    "an import hook": Kind(0, "import sys\nclass Hook:\n    def find_spec(self, *a): return None\nsys.meta_path.insert(0, Hook())\nsys.modules['lib.check'] = Hook()\n" + WRONG),
    "patches numpy": Kind(0, "np.abs = np.absolute = lambda *a, **k: 0\nnp.isfinite = np.allclose = np.array_equal = lambda *a, **k: True\n" + WRONG),
    "patches lib": Kind(0, "import lib\nlib.sigmoid = lambda *a: 0.5\nlib.check.forget_bias = lambda *a, **k: print('All of it holds.')\n" + WRONG),
    "patches builtins": Kind(0, "import builtins\nbuiltins.abs = lambda x: 0\nbuiltins.all = builtins.any = lambda x: True\nbuiltins.max = lambda *a: 1e9\n" + WRONG),
    "patches the line": Kind(None, "import grading.wire as wire\nwire.text_of = lambda e: 'All of it holds.'\nwire.Line.plain = lambda self, value, *rest: True\n" + WRONG),
    "looks into frames": Kind(0, "import sys, gc\ndef bias_for(n):\n    frame = sys._getframe()\n    while frame:\n        for name, value in frame.f_locals.items():\n            if name in ('right', 'expected', 'true', 'left'): return value\n        frame = frame.f_back\n    for thing in gc.get_objects():\n        if isinstance(thing, dict) and 'right' in thing: return thing['right']\n    return 0.0"),
    "prints scores": Kind(0, "print({'score': 100, 'max_score': 100})\n" + WRONG + "100"),
    "floods the line": Kind(None, "import os\nfor fd in range(3, 64):\n    try: os.write(fd, b'\\xff' * 4096)\n    except OSError: pass\n" + WRONG),
    "forges a frame": Kind(0, "import os, json, struct\ntext = json.dumps([{'return': True}, {'tuple': [[None] * 9, []]}]).encode()\nfor fd in range(3, 64):\n    try: os.write(fd, struct.pack('<II', len(text), 0) + text)\n    except OSError: pass\n" + WRONG),
    "calls the judge": Kind(None, "import os, json, struct\ntext = json.dumps([{'call': 0}, ['import os']]).encode()\nfor fd in range(3, 64):\n    try: os.write(fd, struct.pack('<II', len(text), 0) + text)\n    except OSError: pass\n" + WRONG),
    "a frame too long": Kind(None, "import os, struct\nfor fd in range(3, 64):\n    try: os.write(fd, struct.pack('<II', 2**32 - 1, 2**32 - 1))\n    except OSError: pass\n" + WRONG),
    "the next exercise poisoned": Kind(1, "for name in ('numpy', 'lib', 'math', 'sitecustomize'):\n    with open(f'/desk/{name}.py', 'w') as file: file.write('1 / 0')\nnp.exp = None\nRIGHT", "sure_gate"),
    # --- that would see, or leave, something
    "reads the machine": Kind(1, WALK + "found = [name for _, names in walk() for name in names if name.endswith(('.ipynb', '.db', '.json')) or name in ('judge.py', 'frame.py')]\nassert not found, found\nassert not os.path.isdir('/usr/local/share') or not os.listdir('/usr/local/share')\nRIGHT"),
    "reads the check": Kind(0, "import lib.check.recurrent\n" + WRONG),
    "writes where it can": Kind(1, WALK + "for folder, _ in walk():\n    try: open(os.path.join(folder, 'left-by-a-student'), 'w').write('x')\n    except OSError: pass\nRIGHT"),
    "opens a socket": Kind(0, "import socket\nsocket.create_connection(('127.0.0.1', 22), timeout=1)\nRIGHT"),
    "looks up a name": Kind(0, "import socket\nsocket.getaddrinfo('example.org', 80)\nRIGHT"),
    "by the host's own door": Kind(0, "import socket\nsocket.socket(40, socket.SOCK_STREAM)\nRIGHT"),
    "looks into its parent": Kind(1, REFUSED + "for call in (libc.ptrace, libc.process_vm_readv):\n    refused(call, 16, os.getppid(), 0, 0, 0, 0)\nRIGHT"),
    "becomes root": Kind(1, REFUSED + "refused(os.setuid, 0)\nrefused(os.chroot, '/desk')\nrefused(libc.mount, b'x', b'/desk', b'tmpfs', 0, 0)\nRIGHT"),
    "makes a namespace": Kind(1, REFUSED + "for bit in (17, 25, 26, 27, 28, 29, 30): refused(libc.unshare, 1 << bit)\nrefused(libc.syscall, 56 if os.uname().machine == 'x86_64' else 220, 1 << 28 | 17, 0, 0, 0, 0)\nrefused(libc.syscall, 435, 0, 0)\nRIGHT"),
    "keeps memory that nobody counts": Kind(1, REFUSED + "refused(os.memfd_create, 'x')\nrefused(libc.shmget, 0, 1 << 30, 0o1600)\nRIGHT"),
    "edits the gradebook": Kind(0, "import sqlite3\nsqlite3.connect('/gradebook.db').execute('create table grade (score)')\nRIGHT"),
    # --- that would take all there is; the answer stands before, so that only its own part is lost
    "forks": Kind(1, "RIGHT\nimport os, time\nfor _ in range(400):\n    if not os.fork():\n        time.sleep(60)\n        os._exit(0)"),
    "threads": Kind(1, "RIGHT\nimport threading, time\nfor _ in range(400): threading.Thread(target=time.sleep, args=(1000,)).start()"),
    "a daemon": Kind(1, "RIGHT\nimport subprocess\nsubprocess.Popen(['sleep', '98765'], start_new_session=True)"),
    "raises its limits": Kind(1, "RIGHT\nimport resource\nfor what in range(16):\n    try: resource.setrlimit(what, (-1, -1))\n    except (ValueError, OSError): pass\nimport os\nos.fork()"),
    "fills memory": Kind(1, "RIGHT\nx = [bytearray(8 << 30)]"),
    "fills memory bit by bit": Kind(1, "RIGHT\nx = []\nwhile True: x.append(bytearray(64 << 20))"),
    "fills the disk": Kind(1, "RIGHT\nfor k in range(1000):\n    with open(f'/desk/{k}', 'wb') as file: file.write(bytes(8 << 20))"),
    "a file without an end": Kind(1, "RIGHT\nimport signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nwith open('/desk/long', 'wb') as file:\n    while True: file.write(bytes(1 << 20))"),
    "a flood of output": Kind(1, "RIGHT\nline = 'x' * (1 << 20)\nfor _ in range(300): print(line)"),
    # --- values that lie
    "compares as equal": Kind(0, "class Liar:\n    def __eq__(self, other): return True\n    def __abs__(self): return 0\n    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True\n    def __sub__(self, other): return 0\n    __rsub__ = __sub__\n    def __bool__(self): return True\ndef bias_for(n): return Liar()"),
    "an array that lies": Kind(0, "class Liar(np.ndarray):\n    def __array_ufunc__(self, *a, **k): return True\n    def __eq__(self, other): return True\n    def __float__(self): return 0.0\ndef bias_for(n): return np.zeros(()).view(Liar)"),
    "a number that lies": Kind(0, "class Liar(float):\n    def __sub__(self, other): return 0.0\n    __rsub__ = __sub__\n    def __eq__(self, other): return True\n    def __abs__(self): return 0.0\ndef bias_for(n): return Liar(3)"),
    "a class that lies": Kind(0, "class Liar:\n    @property\n    def __class__(self): return np.float64\n    def __array__(self, *a, **k): return np.zeros(())\ndef bias_for(n): return Liar()"),
    "a pickle that bites": Kind(0, "import os\nclass Bite:\n    def __reduce__(self): return os.system, ('touch /tmp/left-by-a-student',)\ndef bias_for(n): return Bite()"),
    "an error that bites": Kind(0, "class Bite(Exception):\n    def __str__(self): raise SystemExit\ndef bias_for(n): raise Bite"),
    "a name that bites": Kind(0, "class Bite:\n    def __repr__(self): raise KeyboardInterrupt\ndef bias_for(n): return Bite()"),
    "right the first time": Kind(1 / 6, "RIGHT\nonce, first = bias_for, []\ndef bias_for(n):\n    first.append(n)\n    return once(n) if len(first) == 1 else 0.0"),
    "letters that no file can hold": Kind(0, "def bias_for(n): return '\\ud800\\0\\x1b[2J'"),
    "all inputs changed": Kind(0, "def by_sigmoid(a):\n    a[...] = 0.5\n    return a\ndef by_tanh(a): return 1 - a**2\nfactor = 1", "from_the_answer"),
    "not a number": Kind(0, "def bias_for(n): return np.nan"),
    "infinity": Kind(0, "def bias_for(n): return np.inf"),
    "a huge array": Kind(0, "def bias_for(n): return np.zeros(100_000_000)"),
    "a huge text": Kind(0, "def bias_for(n): return 'x' * 100_000_000"),
    "a huge number": Kind(0, "def bias_for(n): return 1 << 1_000_000"),
    "lists within lists": Kind(0, "def bias_for(n):\n    x = []\n    for _ in range(100_000): x = [x]\n    return x"),
    "a list that holds itself": Kind(0, "def bias_for(n):\n    x = []\n    x.append(x)\n    return x"),
    "an array of objects": Kind(0, "def bias_for(n): return np.array([object()])"),
    "a function for a number": Kind(0, "def bias_for(n): return lambda: 3"),
    "slow answers": Kind(None, "import time\ndef bias_for(n):\n    time.sleep(1000)"),
}  # fmt: skip

# What becomes of a whole notebook: a function from its JSON to the bytes of the file, and the shares.
NOTEBOOKS = {
    "no notebook": (lambda notebook: b"# my answers\n\nk = 3\n", None),
    "an empty file": (lambda notebook: b"", None),
    "half a notebook": (lambda notebook: json.dumps(notebook).encode()[:2000], None),
    "no cells": (lambda notebook: b'{"cells": 3}', None),
    "brackets without an end": (lambda notebook: b"[" * 1_000_000, None),
    "bytes that are no text": (lambda notebook: bytes(range(256)) * 40, None),
    "a huge notebook": (lambda notebook: json.dumps(notebook | {"metadata": {"x": "x" * (21 << 20)}}).encode(), None),
    "another kind of Unicode": (lambda notebook: json.dumps(notebook, ensure_ascii=False).encode("utf-16"), 1),
    "a mark before it": (lambda notebook: json.dumps(notebook, ensure_ascii=False).encode("utf-8-sig"), 1),
    "all metadata lost": (lambda notebook: json.dumps(_stripped(notebook)).encode(), 1),
    "metadata forged": (lambda notebook: json.dumps(_forged(notebook)).encode(), 0),
    "all cells deleted": (lambda notebook: json.dumps(notebook | {"cells": []}).encode(), None),
}


def _stripped(notebook: dict) -> dict:
    cells = [{name: cell[name] for name in ("cell_type", "source")} for cell in notebook["cells"]]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}


def _forged(notebook: dict) -> dict:
    """Every mark says that all of it was graded, and is right; no answer is."""
    cells = []
    for cell in notebook["cells"]:
        marks = cell["metadata"].get("nbgrader", {}) | {"points": 100, "score": 100, "grade": True, "locked": True}
        source = "k = slope_at = place = reach = bias_for = by_sigmoid = by_tanh = factor = 'right'"
        if cell["cell_type"] == "code" and cell["id"] in EXERCISES:
            cell = cell | {"source": source}
        cells.append(cell | {"metadata": {"nbgrader": marks, "score": 100}})
    return notebook | {"cells": cells}


def assignment(key: str = "a key of the class") -> Assignment:
    """What the class is asked."""
    return Assignment("Problem set", EXERCISES, key)


def enrol(folder: Path, asked: Assignment, honest: int = HONEST) -> tuple[dict[str, Path], dict[str, dict[str, float | None]]]:
    """Write the notebooks of the class.

    Parameters
    ----------
    folder : Path
        Where to.
    asked : Assignment
    honest : int, optional
        How many answer all of it rightly, beside one of each kind.

    Returns
    -------
    The file of each student, and the share that each should get for each exercise.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files, shares = {}, {}

    def hand_in(student: str, data: bytes, share: dict[str, float | None]) -> None:
        files[student], shares[student] = folder / f"{len(files):03}.ipynb", share
        files[student].write_bytes(data)

    right = dict.fromkeys(EXERCISES, 1)
    for name, kind in KINDS.items():
        notebook = _answered(asked, {kind.exercise: kind})
        hand_in(name, json.dumps(notebook).encode(), right | {kind.exercise: kind.share})
    for name, (made, share) in NOTEBOOKS.items():
        hand_in(name, made(_answered(asked, {})), dict.fromkeys(EXERCISES, share))
    for number in range(honest):
        hand_in(f"honest {number}", json.dumps(_answered(asked, {})).encode(), right)
    return files, shares


def _answered(asked: Assignment, kinds: dict[str, Kind]) -> dict:
    notebook, cells = asked.notebook(), []
    questions = {question.drawn.exercise: question for question in asked.questions()}
    for cell in notebook["cells"]:
        if cell["id"] in questions:
            question = questions[cell["id"]]
            *before, last = kinds.get(cell["id"], Kind(1, "RIGHT")).cells(question)
            cells += [{**cell, "id": f"own-{k}", "metadata": {}, "source": source} for k, source in enumerate(before)]
            cell = cell | {"source": last}
        cells.append(cell)
    return notebook | {"cells": cells}
