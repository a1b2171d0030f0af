"""The source as the shape tests see it."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("api", "app", "bot", "domain", "jobs", "sandbox")
MODULES = sorted(
    path.relative_to(ROOT) for folder in (*SOURCE, "bench", "tests") for path in (ROOT / folder).rglob("*.py")
)
TEXT_SUFFIXES = {".md", ".toml", ".yml", ".yaml", ".lock", ".example", ".html", ".js", ".css", ".py", ".cfg", ".po", ""}
NOT_OURS = {".git", ".venv", ".berth", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", "__pycache__"}


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module, by its path below the root."""
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def texts() -> list[Path]:
    """Every text file of the repository, below the root."""
    return [
        path.relative_to(ROOT)
        for path in ROOT.rglob("*")
        if path.is_file() and path.suffix in TEXT_SUFFIXES and not NOT_OURS & set(path.relative_to(ROOT).parts)
    ]


def imports(path: Path) -> list[tuple[str, int]]:
    """Every module that a module imports, with its line; `from a import b` counts as `a` and as `a.b`."""
    found = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [(node.module, node.lineno)]
            found += [(f"{node.module}.{alias.name}", node.lineno) for alias in node.names]
    return found
