"""What the description of the API promises is so."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from api import routes
from tests.shape.test_names import subclasses


def documented() -> list[type[BaseModel]]:
    """Every form of the routes that carries an example."""
    assert routes.ROUTERS
    forms = [form for form in subclasses(BaseModel) if form.__module__.startswith("api.")]
    return sorted({form for form in forms if example_of(form) is not None}, key=lambda form: form.__qualname__)


def example_of(form: type[BaseModel]) -> Any:
    extra = form.model_config.get("json_schema_extra")
    return extra.get("example") if isinstance(extra, dict) else None


@pytest.mark.parametrize("form", documented(), ids=lambda form: form.__qualname__)
def test_every_example_is_of_its_own_form(form: type[BaseModel]) -> None:
    example = example_of(form)

    read = form.model_validate(example)

    assert set(read.model_dump(by_alias=True)) >= set(example)


@pytest.fixture
async def description(http: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get("/openapi.json")).json()
    return found


def operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in description["paths"].items()
        if path.startswith("/api/v1")
        for method, operation in methods.items()
    ]


async def test_every_post_names_its_key_and_every_body_has_an_example(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    found = operations(description)
    posts = [(path, operation) for method, path, operation in found if method == "post"]
    assert len(posts) >= 20

    keyless = [path for path, post in posts if "idempotency-key" not in {p["name"] for p in post["parameters"]}]
    bodies = {schema for _, _, operation in found for schema in schemas_of(operation.get("requestBody"))}

    assert keyless == []
    assert {name for name in bodies if "example" not in schemas[name]} == set()
    assert {"ToBook", "ToReschedule", "ToWait", "ToReserve"} <= bodies


def schemas_of(body: dict[str, Any] | None) -> set[str]:
    """The names of the schemas of a request's body."""
    if body is None:
        return set()
    schema = body["content"]["application/json"]["schema"]
    return {each["$ref"].rsplit("/", 1)[-1] for each in schema.get("anyOf", [schema]) if "$ref" in each}


async def test_no_two_operations_share_an_address_or_a_name(description: dict[str, Any]) -> None:
    named = [operation["operationId"] for _, _, operation in operations(description)]

    assert len(named) == len(set(named))
    assert [path for _, path, operation in operations(description) if "summary" not in operation] == []
