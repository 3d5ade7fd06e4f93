"""The river: what the modules of lib may import and say, read from their source."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

import lib

ROOT = Path(lib.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
NAMES = [str(file.relative_to(ROOT)) for file in FILES]

# From the spring to the mouth, as in lib/__init__.py: a module imports only from those above it.
RIVER = """expectations elementwise activations exactness initializers datasets layers units dropout normalization networks blocks recurrent losses optimizers
training propagation properties numeric check pictures panels words looks labels lines planes valleys amounts sketches family plots controls widgets""".split()

WITH_MATPLOTLIB = {"panels", "planes", "amounts", "sketches"}

ABOVE_NUMERIC = {"expectations", "elementwise", "activations"}  # what numeric may know: nothing of networks


def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def room(file):
    """The module of the river that a file belongs to: lib/check/step.py is a part of check."""
    return file.relative_to(ROOT).with_suffix("").parts[0]


def imports_of_lib(file):
    """The modules of lib that a file imports, as names in the river."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom):
            package = ["lib", *file.relative_to(ROOT).parts[:-1]]
            base = package[: len(package) + 1 - node.level] if node.level else []
            path = [*base, *(node.module.split(".") if node.module else [])]
            if path[:1] == ["lib"]:
                yield from (path[1:2] or [alias.name for alias in node.names])
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("lib."))
            assert "lib" not in [alias.name for alias in node.names], "import from a module, not from the whole of lib"


def rooms():
    return [file for file in FILES if file != ROOT / "__init__.py"]


@pytest.mark.parametrize("file", rooms(), ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_point_up(file):
    here = RIVER.index(room(file))  # every module has its place
    for name in imports_of_lib(file):
        assert name in RIVER, f"{file.name} imports {name} from the whole of lib: say which module it is from"
        above = RIVER.index(name) < here or (name == room(file) and file.parent != ROOT)
        assert above, f"{file.name} imports from {name}, which is further down"


def test_numeric_knows_nothing_of_networks():
    assert set(imports_of_lib(ROOT / "numeric.py")) <= ABOVE_NUMERIC


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_imports_name_what_they_bring(file):
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom):
            assert "*" not in [alias.name for alias in node.names]


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_no_pyplot_and_matplotlib_only_where_pictures_are_made(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\bplt\b|\bpyplot\b", text)
    if room(file) not in WITH_MATPLOTLIB:
        assert "matplotlib" not in {
            name.split(".")[0]
            for node in ast.walk(tree(file))
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )
        }


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_chance_comes_from_an_rng_that_is_handed_in(file):
    """No seed and no draw from numpy's global state; only a check makes its own generator, to judge all alike."""
    allowed = {"Generator", "default_rng"} if room(file) == "check" else {"Generator"}
    text = file.read_text(encoding="utf-8")
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
            assert node.attr in allowed, f"{file.name}: np.random.{node.attr}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            brought = [alias.name for alias in node.names] + [getattr(node, "module", "") or ""]
            assert not {"random", "numpy.random"} & set(brought), f"{file.name} imports random"
    assert "random.seed" not in text


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_functions_are_never_looked_up_by_a_string(file):
    names = {name for name, _ in exported()}
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec", "globals", "locals", "__import__")
        if isinstance(node, ast.Dict):
            by_string = [isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys]
            of_lib = [isinstance(value, ast.Name) and value.id in names for value in node.values]
            assert not any(map(all, zip(by_string, of_lib, strict=True))), f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_a_module_opens_with_a_sentence(file):
    docstring = ast.get_docstring(tree(file))
    assert docstring, f"{file.name} does not say what it is"
    first = docstring.split("\n\n")[0]
    assert first[0].isupper() and first.endswith(".") and 3 < len(first.split()) < 40


@pytest.mark.parametrize("file", FILES, ids=NAMES)
def test_no_loose_ends(file):
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text)
    assert text.endswith("\n") and not text.endswith("\n\n") and "\t" not in text
    assert not re.search(r"[ \t]+$", text, re.M)


# ---- the table of contents


def exported():
    """Name and module of each name that lib/__init__.py brings, in its order."""
    for node in tree(ROOT / "__init__.py").body:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 1
            yield from ((alias.asname or alias.name, node.module) for alias in node.names)


def test_the_table_of_contents_stands_in_the_order_of_the_river():
    modules = [module or name for name, module in exported()]
    assert modules == sorted(modules, key=lambda module: RIVER.index(module.split(".")[0]))


def test_every_exported_name_exists_once_and_is_that_of_its_module():
    names = [name for name, _ in exported()]
    assert len(names) == len(set(names))
    for name, module in exported():
        source = importlib.import_module(f"lib.{module}" if module else "lib")
        assert getattr(lib, name) is getattr(source, name)


def test_the_names_of_the_course():
    """What readers are promised (reference/api.md); a name is never lost by accident."""
    assert {name for name, _ in exported()} >= set("""
        Activation step identity sigmoid tanh relu selu softplus gelu gelu_tanh silu mish
        hard_sigmoid hard_tanh relu6 hard_swish sigmoid_of leaky_relu elu celu swish
        lecun_normal lecun_uniform xavier_normal xavier_uniform he_normal he_uniform scaled_normal
        xor blobs moons spirals digits Digits
        Snapshot Dense dense Network dense_network
        Loss mean_squared_error cross_entropy softmax accuracy
        PReLU prelu dead Recurrent LSTM Unrolled recurrent lstm first_sign arrows
        sgd momentum adam train History
        slope gradient gradient_error""".split())


# ---- docstrings


def public_functions():
    """Every function, class and method of lib that a reader can reach without an underscore."""
    for file in rooms():
        module = ".".join(("lib", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
        for name, thing in vars(importlib.import_module(module)).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module:
                continue
            if inspect.isfunction(thing):
                yield f"{module}.{name}", thing
            elif inspect.isclass(thing):
                yield f"{module}.{name}", thing
                for method, function in vars(thing).items():
                    if inspect.isfunction(function) and not method.startswith("_"):
                        yield f"{module}.{name}.{method}", function
            elif type(thing).__module__ == module:  # a record, such as a Loss
                yield f"{module}.{name}", thing


PUBLIC = dict(public_functions())
EXPORTED = [full for full in PUBLIC if tuple(full.split(".")[1:3]) in {(module, name) for name, module in exported()}]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_says_what_it_does(name):
    first = (PUBLIC[name].__doc__ or "").split("\n\n")[0].strip()
    assert first.endswith((".", ":")) or ". " in first, f"{name} has no sentence"


@pytest.mark.parametrize("name", [name for name in EXPORTED if hasattr(PUBLIC[name], "__name__")])  # no records
def test_every_parameter_is_described(name):
    """One parameter may be told in the sentence; several are listed, as the API page shows them."""
    docstring = inspect.getdoc(PUBLIC[name]) or ""
    if inspect.isclass(PUBLIC[name]):
        parameters = [*getattr(PUBLIC[name], "__dataclass_fields__", getattr(PUBLIC[name], "_fields", ()))]
    else:
        parameters = [parameter for parameter in inspect.signature(PUBLIC[name]).parameters if parameter != "self"]
    listed = re.search(r"^(?:Parameters|Attributes)\n-+\n(.*?)(?:\n\n\w+\n-+\n|\Z)", docstring, re.S | re.M)
    heads = re.findall(r"^(\S.*?)(?: :.*)?$", listed[1], re.M) if listed else []
    described = {word.lstrip("*") for head in heads for word in head.split(", ")}
    short = len(parameters) == 1 or hasattr(PUBLIC[name], "_fields")
    for parameter in parameters:
        told = re.search(rf"\b{parameter}\b", docstring) if short else None
        assert parameter in described or told, f"{name} does not describe {parameter}"
