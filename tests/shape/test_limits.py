"""Nobody sees a module grow: these limits do."""

import ast
from pathlib import Path

import pytest

from tests.shape.tree import MODULES, ROOT, SOURCE, parsed

FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50


def test_no_file_is_longer_than_300_lines() -> None:
    long = {str(path): lines for path in MODULES if (lines := len((ROOT / path).read_text().splitlines())) > 300}

    assert long == {}


@pytest.mark.parametrize("folder", [*SOURCE, "bench"])
def test_no_function_is_longer_than_50_lines(folder: str) -> None:
    long = {
        f"{path}:{node.lineno} {node.name}": length
        for path in MODULES
        if path.parts[0] == folder
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (length := length_of(node)) > FUNCTION_LINES_MAX
    }

    assert long == {}


def length_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` (or the first decorator) to the last statement."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return (node.end_lineno or node.lineno) - first + 1


def test_the_limits_see_what_they_should(tmp_path: Path) -> None:
    body = "def short():\n    pass\n\ndef long():\n" + "    pass\n" * 50

    lengths = [length_of(node) for node in ast.walk(ast.parse(body)) if isinstance(node, ast.FunctionDef)]

    assert lengths == [2, 51]
    assert {path.parts[0] for path in MODULES} >= {"app", "domain", "tests"}
