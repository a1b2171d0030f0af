"""The production shape, as far as it can be seen without a Docker engine: by the structure of its files."""

import re
from typing import Any

import pytest
import yaml

from app.settings import Settings
from tests.shape.tree import ROOT, SOURCE

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ROLES = ("api", "bot", "jobs")
SECRETS = (
    "TELEGRAM_BOT_TOKEN", "RAZORPAY_KEY_ID", "RAZORPAY_KEY_SECRET", "RAZORPAY_WEBHOOK_SECRET", "BERTH_SECRET_KEYS",
)  # fmt: skip


def test_each_role_is_a_service_beside_the_database_and_nothing_else() -> None:
    assert set(COMPOSE["services"]) == {"mongo", *ROLES}
    assert "sandbox" not in str(COMPOSE["services"])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_waits_for_the_database_and_gets_its_secrets_from_outside(role: str) -> None:
    service = COMPOSE["services"][role]

    assert service["command"] == [role]
    assert service["depends_on"]["mongo"]["condition"] == "service_healthy"
    for name in SECRETS:
        assert service["environment"][name].startswith(f"${{{name}:?")


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_is_one_that_is_read(role: str) -> None:
    known = {name.upper() for name in Settings.model_fields}

    assert set(COMPOSE["services"][role]["environment"]) <= known


def test_mongodb_8_is_a_replica_set_with_authentication_and_a_health_check() -> None:
    mongo = COMPOSE["services"]["mongo"]
    start = mongo["entrypoint"][-1]

    assert mongo["image"] == "mongo:8"
    assert "--replSet rs0" in start
    assert "--keyFile" in start
    assert "rs.initiate" in mongo["healthcheck"]["test"][1]
    assert "isWritablePrimary" in mongo["healthcheck"]["test"][1]
    assert "replicaSet=rs0" in COMPOSE["services"]["bot"]["environment"]["MONGODB_URI"]


def test_the_image_is_built_in_stages_and_runs_as_nobody_special() -> None:
    stages = re.findall(r"^FROM \S+", DOCKERFILE, re.MULTILINE)
    after_last_stage = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]

    assert len(stages) == 2
    assert "--require-hashes -r /requirements-prod.lock" in DOCKERFILE
    assert re.search(r"^USER berth$", after_last_stage, re.MULTILINE)
    assert 'ENTRYPOINT ["python", "-m", "app"]' in after_last_stage


def test_the_image_holds_our_packages_but_no_stand_in() -> None:
    copied = set(re.findall(r"^COPY (\w+) \w+$", DOCKERFILE, re.MULTILINE))
    let_in = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))

    assert copied == set(SOURCE) - {"sandbox"}
    assert let_in >= copied
