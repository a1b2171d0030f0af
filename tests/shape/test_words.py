"""What the files of the repository say about each other is true."""

import re
import tomllib
from pathlib import Path

import pytest

from app import settings
from tests.shape.tree import NOT_OURS, ROOT, texts

REGISTRY_HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(org|com)|registry\.yarnpkg|deb\.debian\.org|archive\.ubuntu\.com|index-url",
    re.IGNORECASE,
)
NOT_A_REGISTRY = {Path("Makefile"), Path("tests/shape/test_words.py")}
"""They name the option that leaves addresses out, and the pattern above."""
PATH_IN_TEXT = re.compile(r"(?<![\w/.<{*-])((?:[\w-]+/)+[\w.-]*[\w-]|[\w-]+\.(?:py|md|toml|yml|lock))(?![\w*{<])")
TOP = {path.name for path in ROOT.iterdir()} - NOT_OURS


def test_the_example_of_settings_is_up_to_date() -> None:
    assert (ROOT / ".env.example").read_text() == settings.example()


def test_no_file_names_a_registry() -> None:
    named = [
        f"{path}: {match.group()}"
        for path in texts()
        if path not in NOT_A_REGISTRY and (match := REGISTRY_HOSTS.search((ROOT / path).read_text(errors="replace")))
    ]

    assert named == []


@pytest.mark.parametrize(
    "page", [Path("README.md"), *sorted(p.relative_to(ROOT) for p in (ROOT / "docs").glob("*.md"))]
)
def test_every_path_a_page_names_exists(page: Path) -> None:
    named = set(PATH_IN_TEXT.findall(without_addresses((ROOT / page).read_text())))
    links = set(re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", (ROOT / page).read_text()))

    missing = {path for path in named if is_ours(path) and not (ROOT / path.rstrip("/")).exists()}
    missing |= {link for link in links if not (ROOT / page.parent / link).exists()}
    assert missing == set()


def without_addresses(text: str) -> str:
    """The text without web addresses and HTTP paths, which look like files."""
    return re.sub(r"\b\w+://\S+|(?<=[\s`(|])/[\w{]\S*", " ", text)


def is_ours(path: str) -> bool:
    """Whether it claims to be a file or folder of this repository."""
    return path.partition("/")[0] in TOP


def test_every_dependency_is_pinned_and_hashed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {name_of(line) for line in project["project"]["dependencies"]}
    developing = {name_of(line) for group in project["dependency-groups"].values() for line in group}

    assert wanted <= locked("requirements-prod.lock")
    assert wanted | developing <= locked("requirements.lock")


def name_of(requirement: str) -> str:
    """The package's name in a requirement."""
    return re.split(r"[<>=!~;\[ ]", requirement)[0].lower().replace("_", "-")


def locked(file: str) -> set[str]:
    """The packages of a lock file, each seen to have a hash."""
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / file).read_text())
    pins = [block for block in blocks if re.match(r"[a-z0-9._-]+==", block)]
    assert [pin.splitlines()[0] for pin in pins if "--hash=sha256:" not in pin] == []
    return {name_of(pin) for pin in pins}
