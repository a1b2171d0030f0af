"""Import aiogram in under a second: build its models when they are first used, not all four hundred at import.

`aiogram.types` ends with `model_rebuild(_types_namespace=…)` on each of its classes. That is two thirds of a start of
Berth, for models of which a bot uses a few dozen. Here the call is put off and its namespace kept; pydantic itself asks
a model to rebuild at first use, and then finds the namespace. Should a later aiogram do it differently, the calls that
were put off are made after all, and nothing is gained or lost.
"""

import gc
import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel

Namespace = dict[str, Any]
LAZY_BASES = (
    ("aiogram.types.base", "TelegramObject"),
    ("aiogram.methods.base", "TelegramMethod"),
    ("aiogram.methods.base", "Response"),
)


def aiogram() -> None:
    """Import aiogram with its models unbuilt; does nothing when it is imported already."""
    if "aiogram" in sys.modules:
        return
    with _rebuilds_put_off() as put_off:
        importlib.import_module("aiogram")
    namespaces = {id(namespace): namespace for _, namespace in put_off if namespace is not None}
    found = [getattr(importlib.import_module(module), name, None) for module, name in LAZY_BASES]
    bases = [base for base in found if isinstance(base, type) and issubclass(base, BaseModel)]
    if len(namespaces) == 1 and len(bases) == len(LAZY_BASES):
        namespace = next(iter(namespaces.values()))
        for base in bases:
            _build_on_first_use(base, dict(namespace))
        return
    for model, own_namespace in put_off:
        model.model_rebuild(_types_namespace=own_namespace)


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Import many modules without the collector walking over them again and again; they are garbage to nobody."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _rebuilds_put_off() -> Iterator[list[tuple[type[BaseModel], Namespace | None]]]:
    ordinary = BaseModel.__dict__["model_rebuild"]
    put_off: list[tuple[type[BaseModel], Namespace | None]] = []

    def model_rebuild(cls: type[BaseModel], /, **options: Any) -> bool | None:
        if not cls.__module__.startswith("aiogram.types."):
            rebuilt: bool | None = ordinary.__func__(cls, **options)
            return rebuilt
        put_off.append((cls, options.get("_types_namespace")))
        return None

    setattr(BaseModel, "model_rebuild", classmethod(model_rebuild))  # noqa: B010 - mypy forbids assigning a method
    try:
        yield put_off
    finally:
        setattr(BaseModel, "model_rebuild", ordinary)  # noqa: B010


def _build_on_first_use(base: type[BaseModel], namespace: Namespace) -> None:
    ordinary = BaseModel.__dict__["model_rebuild"].__func__

    def model_rebuild(
        cls: type[BaseModel],
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Mapping[str, Any] | None = None,
    ) -> bool | None:
        rebuilt: bool | None = ordinary(
            cls, force=force, raise_errors=raise_errors, _types_namespace=_types_namespace or namespace
        )
        return rebuilt

    setattr(base, "model_rebuild", classmethod(model_rebuild))  # noqa: B010
