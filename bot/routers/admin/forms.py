"""Forms: questions answered by typing or by button, one at a time, until something can be done.

A form is described as plain values; what somebody has answered so far (`Draft`) lives in the FSM storage, so it
survives a restart. A draft that nobody touches for `OPEN_FOR` has expired; whoever goes elsewhere has left it.
"""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from aiogram.filters.callback_data import CallbackData
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from beanie import PydanticObjectId
from pydantic import BaseModel

from bot.errors import sentence
from bot.routers.admin.access import Desk
from bot.views.admin import forms as views
from bot.views.admin.answers import Mistyped, Read
from bot.views.admin.forms import Choice, Consequence
from bot.views.admin.refusals import office_sentence
from bot.views.reader import Html, Reader
from bot.views.screen import Screen
from domain.kernel import DomainError

OPEN_FOR = timedelta(minutes=30)
KEPT_UNDER = "office_form"
SHOWN_AGAIN = frozenset({"AFFECTED_CHANGED"})
"""Refusals after which the answers are still right, and what they would do is to be read again."""


class Filling(StatesGroup):
    """The one state of somebody whose next message is an answer."""

    office_form = State()


class Draft(BaseModel):
    """A form being filled. `id` is in its buttons and is the key of what it does: finished twice is done once."""

    id: str
    form: str
    subject: PydanticObjectId | None = None
    values: dict[str, Any] = {}
    step: int = 0
    choice: str = ""
    page: int = 1
    """Which page of the consequence is shown."""
    heard: int = 0
    """The message taken as an answer last: an update that comes again after a crash is no second answer."""
    asked_at: datetime

    @property
    def about(self) -> PydanticObjectId:
        """The id of what the form changes."""
        assert self.subject is not None, f"the form {self.form} is about nothing"
        return self.subject


Present: TypeAlias = Callable[[Draft], Awaitable[str | None]]
Check: TypeAlias = Callable[[Reader, Any], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to ask for. `read` makes a value of the answer, `check` may look it up; both raise Mistyped."""

    name: str
    ask: Callable[[Reader], Html]
    read: Read
    check: Check | None = None
    choices: Callable[[Reader, Draft], Awaitable[Sequence[Choice]]] | None = None
    present: Present | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """Questions, and what is done with the answers.

    Without a `consequence` to be confirmed, or where there is none this time, it is done at once.
    """

    name: str
    permission: str
    title: Callable[[Desk, Draft], Awaitable[Html]]
    questions: Sequence[Question]
    finish: Callable[[Desk, Draft], Awaitable[Screen]]
    back: Callable[[Draft], CallbackData]
    consequence: Callable[[Desk, Draft], Awaitable[Consequence | None]] | None = None


async def begin(
    desk: Desk,
    state: FSMContext,
    form: Form,
    *,
    subject: PydanticObjectId | None = None,
    values: dict[str, Any] | None = None,
    step: int = 0,
) -> None:
    """Open a form at its first question, or at a later one when the first are answered already."""
    draft = Draft(
        id=secrets.token_hex(4), form=form.name, subject=subject, values=values or {}, step=step, asked_at=desk.now
    )
    await ask(desk, state, form, draft)


async def ask(desk: Desk, state: FSMContext, form: Form, draft: Draft, *, problem: Html | None = None) -> None:
    """Show the question the draft stands at, or what the filled form will do."""
    draft = draft.model_copy(update={"asked_at": desk.now})
    if draft.step < len(form.questions):
        screen = await _question(desk, form, draft, problem)
    else:
        consequence = await form.consequence(desk, draft) if form.consequence else None
        if consequence is None:
            await finish(desk, state, form, draft)
            return
        draft = draft.model_copy(update={"values": {**draft.values, **consequence.keep}})
        screen = views.confirm(desk.reader, draft.id, consequence, steps=len(form.questions), problem=problem)
    await state.set_state(Filling.office_form)
    await state.update_data({KEPT_UNDER: draft.model_dump(mode="json")})
    await desk.talk.show(screen)


async def _question(desk: Desk, form: Form, draft: Draft, problem: Html | None) -> Screen:
    question = form.questions[draft.step]
    asked = views.Asked(
        form_id=draft.id,
        step=draft.step,
        steps=len(form.questions),
        title=await form.title(desk, draft),
        question=question.ask(desk.reader),
        present=await question.present(draft) if question.present else None,
        choices=await question.choices(desk.reader, draft) if question.choices else (),
    )
    return views.question(desk.reader, asked, problem=problem)


async def answer(desk: Desk, state: FSMContext, form: Form, draft: Draft, typed: str) -> None:
    """Take an answer: go on with the next question, ask again what cannot be right, or do what was asked for."""
    if draft.step >= len(form.questions):  # words where a button is wanted
        await ask(desk, state, form, draft)
        return
    question = form.questions[draft.step]
    try:
        value = question.read(desk.reader, typed)
        if question.check is not None:
            await question.check(desk.reader, value)
    except Mistyped as problem:
        await ask(desk, state, form, draft, problem=problem.sentence)
        return
    draft = draft.model_copy(update={"values": {**draft.values, question.name: value}, "step": draft.step + 1})
    try:
        await ask(desk, state, form, draft)
    except DomainError as refusal:  # what is asked for has no consequence that could be told
        last = draft.model_copy(update={"step": draft.step - 1})
        await ask(desk, state, form, last, problem=_words(desk, refusal))


async def finish(desk: Desk, state: FSMContext, form: Form, draft: Draft) -> None:
    """Do what the form is for. After a refusal it stays open at its last question, under the reason.

    When things have changed meanwhile, it says again what it would do.
    """
    try:
        screen = await form.finish(desk, draft)
    except DomainError as refusal:
        is_asked_again = refusal.code in SHOWN_AGAIN or not form.questions
        step = len(form.questions) - (0 if is_asked_again else 1)
        await ask(desk, state, form, draft.model_copy(update={"step": step}), problem=_words(desk, refusal))
        return
    await close(state)
    await desk.talk.show(screen)


def _words(desk: Desk, refusal: DomainError) -> Html:
    return office_sentence(desk.reader, refusal) or sentence(refusal, desk.reader)


async def close(state: FSMContext) -> None:
    """Forget the draft."""
    await state.set_state(None)
    await state.update_data({KEPT_UNDER: None})


async def draft_of(state: FSMContext) -> Draft | None:
    """What the person is filling, if anything."""
    kept = (await state.get_data()).get(KEPT_UNDER)
    return Draft.model_validate(kept) if kept else None
