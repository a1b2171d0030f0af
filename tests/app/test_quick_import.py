"""aiogram imported quickly is the same aiogram."""

import json
import subprocess
import sys
from typing import Any

import pytest

BUILD_ALL = """
import json, sys
from app import quick_import
if sys.argv[1] == "quick":
    quick_import.aiogram()
import aiogram
from aiogram import methods, types
from aiogram.methods.base import Response
models = [
    model for module in (types, methods) for model in (getattr(module, name) for name in module.__all__)
    if isinstance(model, type) and hasattr(model, "model_rebuild")
]
unbuilt = sum(not model.__dict__.get("__pydantic_complete__", True) for model in models)
message = {"message_id": 3, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "hi", "new_field": 1,
           "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}}
answer = Response[types.Message].model_validate({"ok": True, "result": message})
update = types.Update.model_validate({"update_id": 1, "message": message})
call = methods.SendMessage(chat_id=1, text="x", reply_markup=types.ForceReply(force_reply=True))
built = {}
for model in models:
    model.model_rebuild()
    built[model.__name__] = [model.__pydantic_complete__, sorted(model.model_fields)]
schemas = {m.__name__: m.model_json_schema() for m in (types.Message, types.ChatFullInfo, methods.SetMyCommands)}
print(json.dumps({
    "unbuilt": unbuilt, "built": built, "schemas": schemas, "call": call.model_dump_json(exclude_unset=True),
    "answer": answer.model_dump_json(exclude_unset=True), "update": update.model_dump_json(exclude_unset=True),
    "layout_known": "model_rebuild" in vars(Response),
}))
"""


def _imported(how: str) -> dict[str, Any]:
    ran = subprocess.run([sys.executable, "-c", BUILD_ALL, how], capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


@pytest.fixture(scope="module")
def quick() -> dict[str, Any]:
    return _imported("quick")


@pytest.fixture(scope="module")
def ordinary() -> dict[str, Any]:
    return _imported("ordinary")


def test_nothing_is_built_before_it_is_used(quick: dict[str, Any], ordinary: dict[str, Any]) -> None:
    assert quick["layout_known"]
    assert quick["unbuilt"] > 300
    assert ordinary["unbuilt"] < 10


def test_every_type_and_method_can_be_built(quick: dict[str, Any], ordinary: dict[str, Any]) -> None:
    assert all(complete for complete, _ in quick["built"].values())
    assert quick["built"] == ordinary["built"]


@pytest.mark.parametrize("what", ["schemas", "call", "answer", "update"])
def test_models_describe_and_validate_as_with_an_ordinary_import(
    quick: dict[str, Any], ordinary: dict[str, Any], what: str
) -> None:
    assert quick[what] == ordinary[what]


def test_a_layout_we_do_not_know_is_imported_as_ever() -> None:
    strange = """
import sys
from app import quick_import
quick_import.LAZY_BASES = (("aiogram.types.base", "NotThere"),)
quick_import.aiogram()
from aiogram import types
assert types.Message.__dict__["__pydantic_complete__"]
assert "model_rebuild" not in vars(types.TelegramObject)
"""

    ran = subprocess.run([sys.executable, "-c", strange], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
