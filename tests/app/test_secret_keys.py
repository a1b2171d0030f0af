"""Where the key of the vault comes from, and that it is told to nobody."""

import json
import stat
from pathlib import Path

from app.installation import demo_secrets, with_sandbox
from app.settings import Settings
from domain.kernel import Vault

TOKEN = "123456:abcdefghijklmnopqrstuvwxyz123456789"


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type,call-arg]


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = demo_secrets(tmp_path), demo_secrets(tmp_path)

    assert first == second
    assert Vault([first.secret_key])
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


def test_a_file_of_an_earlier_version_gets_a_key_and_keeps_the_rest(tmp_path: Path) -> None:
    kept = {name: value for name, value in vars(demo_secrets(tmp_path)).items() if name != "secret_key"}
    (tmp_path / "demo.json").write_text(json.dumps(kept))

    completed = demo_secrets(tmp_path)

    assert {**kept, "secret_key": completed.secret_key} == vars(completed)
    assert demo_secrets(tmp_path) == completed
    assert stat.S_IMODE((tmp_path / "demo.json").stat().st_mode) == 0o600


def test_also_beside_the_real_telegram_a_key_is_there(tmp_path: Path) -> None:
    demo = demo_secrets(tmp_path)

    assert with_sandbox(settings(telegram_bot_token=TOKEN), demo).settings.secret_keys == (demo.secret_key,)


def test_a_key_of_ones_own_is_the_one_that_is_used(tmp_path: Path) -> None:
    own, older = Vault.generate_key(), Vault.generate_key()

    installation = with_sandbox(settings(berth_secret_keys=f"{own}, {older}"), demo_secrets(tmp_path))

    assert installation.settings.secret_keys == (own, older)
    assert {own, older} <= {secret.strip() for secret in installation.secrets()}


def test_the_scripts_are_the_samples_unless_a_directory_is_named(tmp_path: Path) -> None:
    assert (settings().scripts_dir / "power.sh").exists()
    assert settings(berth_scripts_dir=str(tmp_path)).scripts_dir == tmp_path
