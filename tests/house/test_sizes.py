"""Files, functions and folders keep the sizes of CONTRIBUTING.

A passed limit carries `# house: reason`: on the def, among the first lines of a file, or in the
`__init__.py` of a folder. Compiled kernels are exempt.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.house.tree import files, parsed, text, under

FILE_LINES, FUNCTION_LINES, PARAMETERS, ENTRIES = 500, 40, 6, 12
PYTHON = [p for p in files() if p.suffix == ".py"]
REASON = re.compile(r"# house: \w+.{6,}")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def is_kernel(path: Path) -> bool:
    """Compiled functions are exempt: a call costs, and their state crosses it whole."""
    return path.is_relative_to("src/anlan/engine/kernel")


@cache
def functions(path: Path) -> tuple[tuple[str, int, int], ...]:
    """The functions of a file that give no reason for being larger: place, lines, parameters."""
    return tuple((f"{path}:{f.lineno} {f.name}", length(f), arity(f)) for f in _without(path))


def _without(path: Path) -> Iterator[Function]:
    source = text(path).splitlines()
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            head = source[node.lineno - 1 : node.body[0].lineno]
            if not _gives_reason(head):
                yield node


def length(node: Function) -> int:
    """Lines of a function without its docstring."""
    docstring = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
    spent = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - spent


def arity(node: Function) -> int:
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([a for a in named if a.arg not in ("self", "cls")])


def test_files_are_short() -> None:
    sources = {path: text(path).splitlines() for path in PYTHON}
    long = {str(path): len(source) for path, source in sources.items() if len(source) > FILE_LINES}
    assert not {p: n for p, n in long.items() if not _gives_reason(sources[Path(p)][:3])}


def test_functions_are_short() -> None:
    found = [one for path in PYTHON if not is_kernel(path) for one in functions(path)]
    assert not {place: lines for place, lines, _ in found if lines > FUNCTION_LINES}


def test_functions_take_few_things() -> None:
    sources = [path for path in under("src", ".py") if not is_kernel(path)]
    found = [one for path in sources for one in functions(path)]
    assert not {place: taken for place, _, taken in found if taken > PARAMETERS}


def _gives_reason(lines: list[str]) -> bool:
    return any(REASON.search(line) for line in lines)


def test_folders_are_small() -> None:
    entries = {
        parent / child.relative_to(parent).parts[0]
        for child in under("src")
        for parent in child.parents
        if parent.is_relative_to("src/anlan")
    }
    counts = Counter(e.parent for e in entries if e.name != "__init__.py")
    large = {folder: n for folder, n in counts.items() if n > ENTRIES}
    assert not {str(f): n for f, n in large.items() if not _gives_reason(_init_of(f))}


def _init_of(folder: Path) -> list[str]:
    init = folder / "__init__.py"
    return text(init).splitlines() if init in files() else []
