"""What is kept of what scripts say: the end of it, and no access data."""

from pathlib import Path

import pytest

from domain.provisioning import OUTPUT_BYTES_MAX
from tests.app.script_folder import Folder, alive


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


async def test_a_flood_keeps_its_end_only_and_is_ended(folder: Folder) -> None:
    folder.write("flood.sh", "echo $$ > LEFT/pid; exec yes water")
    folder.write("much.py", "for number in range(50_000): print(number)")
    folder.write("line.py", "import sys; sys.stdout.write('x' * 1_000_000 + '\\nthe end')")

    flood, much, line = [await folder.run(name) for name in ("flood.sh", "much.py", "line.py")]

    assert flood.status == "failed"
    assert "more than 10 MiB" in flood.output
    assert len(flood.output) < OUTPUT_BYTES_MAX + 100
    assert alive(await folder.pids(1)) == []
    assert (much.status, much.output.splitlines()[-1]) == ("succeeded", "49999")
    assert len(much.output) <= OUTPUT_BYTES_MAX
    assert line.output == "[a line of more than 8192 bytes]\nthe end"


async def test_access_data_are_taken_out_of_what_is_kept(folder: Folder) -> None:
    folder.write("access.sh", """
        echo before
        echo '{"access": {"address": "10.0.0.1", "user": "old", "password": "first-secret"}}'
        echo '{"access": {"address": "10.0.0.2", "user": "b-7f3k", "password": "s3cret-word", "extra": "x"}}'
        echo 'logged in with s3cret-word' >&2
        echo '{"access": {"password": "broken-json"'
        echo '{"other": 1}'
    """)  # fmt: skip

    outcome = await folder.run("access.sh")

    assert outcome.access == {"address": "10.0.0.2", "user": "b-7f3k", "password": "s3cret-word"}
    for secret in ("first-secret", "s3cret-word", "broken-json"):
        assert secret not in outcome.output
        assert secret not in repr(outcome)
    assert "logged in with •••" in outcome.output
    assert '{"other": 1}' in outcome.output


@pytest.mark.parametrize(
    "said",
    [
        '{"access": "open"}', '{"access": {"user": 5}}', '{"access": {}}',
        '{"access": {"password": "' + "x" * 300 + '"}}',
        r'{"access": {"user": "b-7f3k", "password": "half \\ud800"}}',
    ],
)  # fmt: skip
async def test_access_data_that_are_none_are_not_kept_either(folder: Folder, said: str) -> None:
    folder.write("access.sh", f"echo '{said}'")

    outcome = await folder.run("access.sh")

    assert (outcome.access, outcome.output) == (None, "[access data]")


async def test_access_data_outside_of_ascii_are_kept(folder: Folder) -> None:
    folder.write("access.py", r"""print(r'{"access": {"password": "s\u00e4\u00df \ud83d\ude00"}}')""")

    assert (await folder.run("access.py")).access == {"password": "säß \N{GRINNING FACE}"}


async def test_access_data_of_a_failure_are_dropped(folder: Folder) -> None:
    folder.write("access.sh", """echo '{"access": {"password": "s3cret-word"}}'; exit 1""")

    outcome = await folder.run("access.sh")

    assert outcome.access is None
    assert "s3cret" not in outcome.output
