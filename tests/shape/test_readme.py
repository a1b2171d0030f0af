"""What the README says about the configuration and its pictures is what there is."""

import re

from pydantic import SecretStr

from app.settings import Settings
from tests.shape.tree import ROOT

PICTURE_BYTES_MAX = 200_000
PICTURES_MAX = 6
ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? *\| (.+) \|$", re.MULTILINE)


def readme() -> str:
    """The README's text."""
    return (ROOT / "README.md").read_text()


def test_the_configuration_table_has_exactly_the_settings_with_their_defaults_and_meanings() -> None:
    section = readme().partition("\n## Configuration\n")[2].partition("\n## ")[0]
    told = {name: (default, meaning) for name, default, meaning in ROW.findall(section)}

    assert told == {
        name.upper(): (_shown(field.default), field.description) for name, field in Settings.model_fields.items()
    }


def _shown(default: object) -> str:
    return "" if isinstance(default, SecretStr | frozenset) else str(default)


def test_the_pictures_are_few_small_and_all_shown() -> None:
    pictures = sorted((ROOT / "docs" / "screenshots").glob("*.png"))

    assert 0 < len(pictures) <= PICTURES_MAX
    assert [picture.name for picture in pictures if picture.stat().st_size > PICTURE_BYTES_MAX] == []
    assert {f"docs/screenshots/{picture.name}" for picture in pictures} == set(
        re.findall(r"\((docs/screenshots/[^)]+)\)", readme())
    )


def test_the_readme_names_every_target_a_person_runs() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None

    named = set(re.findall(r"`make (\w+)`", readme()))
    assert {"run", "test", "check", "bench", "screenshots"} <= named <= set(phony.group(1).split())
