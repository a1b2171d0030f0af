"""Filling a form: answers, going back, leaving, and what becomes of forms that were left behind."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, Filter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.routers.admin import forms
from bot.routers.admin.access import STAFF, Desk, Handler, desk_of
from bot.routers.admin.closing_forms import FORMS as CLOSING_FORMS
from bot.routers.admin.debt_forms import FORMS as DEBT_FORMS
from bot.routers.admin.forms import OPEN_FOR, Draft, Filling, Form
from bot.routers.admin.maintenance_forms import FORMS as MAINTENANCE_FORMS
from bot.routers.admin.member_forms import FORMS as MEMBER_FORMS
from bot.routers.admin.offer_forms import FORMS as OFFER_FORMS
from bot.routers.admin.rack_forms import FORMS as RACK_FORMS
from bot.views.admin import forms as views
from bot.views.admin.buttons import Answer, AskAgain, Finish, Leave, TurnPage

router = Router(name="office_forms")

FORMS: dict[str, Form] = {
    form.name: form
    for form in (*RACK_FORMS, *OFFER_FORMS, *MEMBER_FORMS, *MAINTENANCE_FORMS, *CLOSING_FORMS, *DEBT_FORMS)
}
OWN_BUTTONS = "Af"
"""How the callback data of every form's button begins."""


async def leave_when_going_elsewhere(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """Close the form of whoever gives a command or taps another screen's button: their next words are no answer."""
    if data.get("raw_state") == Filling.office_form.state and _goes_elsewhere(event):
        await forms.close(data["state"])
        data["raw_state"] = None
    return await handler(event, data)


def _goes_elsewhere(event: TelegramObject) -> bool:
    if isinstance(event, Message):
        text = event.text or ""
        return text.startswith("/") and not text.startswith("/cancel")
    return isinstance(event, CallbackQuery) and not (event.data or "").startswith(OWN_BUTTONS)


class Open(Filter):
    """Lets those pass who have this form open and may still fill it; gives `desk`, `form` and `draft`."""

    async def __call__(
        self, _: TelegramObject, state: FSMContext, callback_data: Any = None, **around: Any
    ) -> bool | dict[str, Any]:
        """Whether the draft is there, is the one the button belongs to, and is this person's to finish."""
        draft = await forms.draft_of(state)
        form = FORMS.get(draft.form) if draft else None
        if draft is None or form is None or around.get("actor") is None or not around["actor"].may(form.permission):
            return False
        if callback_data is not None and callback_data.form != draft.id:
            return False
        return {"desk": desk_of(around), "form": form, "draft": draft}


OPEN = Open()


async def _has_expired(desk: Desk, state: FSMContext, draft: Draft) -> bool:
    if desk.now - draft.asked_at <= OPEN_FOR:
        return False
    await forms.close(state)
    await desk.talk.show(views.expired(desk.reader))
    return True


async def _leave(desk: Desk, state: FSMContext, form: Form, draft: Draft) -> None:
    await forms.close(state)
    await desk.talk.show(views.left(desk.reader, form.back(draft)))


@router.message(Filling.office_form, Command("cancel"), OPEN)
async def cancel(_: Message, state: FSMContext, desk: Desk, form: Form, draft: Draft) -> None:
    """Leave by command."""
    await _leave(desk, state, form, draft)


@router.callback_query(Leave.filter(), OPEN)
async def leave(_: CallbackQuery, state: FSMContext, desk: Desk, form: Form, draft: Draft) -> None:
    """Leave by button."""
    await _leave(desk, state, form, draft)


@router.message(Filling.office_form, F.text, ~F.text.startswith("/"), OPEN)
async def typed(message: Message, state: FSMContext, desk: Desk, form: Form, draft: Draft) -> None:
    """Take what was typed as the answer."""
    if await _has_expired(desk, state, draft):
        return
    if message.message_id <= draft.heard:
        await forms.ask(desk, state, form, draft)
        return
    heard = draft.model_copy(update={"heard": message.message_id})
    await forms.answer(desk, state, form, heard, message.text or "")


@router.message(Filling.office_form, ~F.text, OPEN)
async def not_words(_: Message, state: FSMContext, desk: Desk, form: Form, draft: Draft) -> None:
    """Ask again after a picture or a sticker."""
    if not await _has_expired(desk, state, draft):
        await forms.ask(desk, state, form, draft, problem=views.words_wanted(desk.reader))


@router.callback_query(Answer.filter(), OPEN)
async def chosen(
    _: CallbackQuery, callback_data: Answer, state: FSMContext, desk: Desk, form: Form, draft: Draft
) -> None:
    """Take a button as the answer; one of an earlier question asks the present one again."""
    if await _has_expired(desk, state, draft):
        return
    if callback_data.step != draft.step:
        await forms.ask(desk, state, form, draft)
        return
    await forms.answer(desk, state, form, draft, callback_data.value)


@router.callback_query(AskAgain.filter(), OPEN)
async def back(
    _: CallbackQuery, callback_data: AskAgain, state: FSMContext, desk: Desk, form: Form, draft: Draft
) -> None:
    """Go back to an earlier question."""
    if not await _has_expired(desk, state, draft):
        step = min(callback_data.step, draft.step)
        await forms.ask(desk, state, form, draft.model_copy(update={"step": step}))


@router.callback_query(Finish.filter(), OPEN)
async def finish(
    _: CallbackQuery, callback_data: Finish, state: FSMContext, desk: Desk, form: Form, draft: Draft
) -> None:
    """Do what the form says, once every question is answered."""
    if await _has_expired(desk, state, draft):
        return
    if draft.step < len(form.questions):
        await forms.ask(desk, state, form, draft)
        return
    await forms.finish(desk, state, form, draft.model_copy(update={"choice": callback_data.choice}))


@router.callback_query(TurnPage.filter(), OPEN)
async def turn(
    _: CallbackQuery, callback_data: TurnPage, state: FSMContext, desk: Desk, form: Form, draft: Draft
) -> None:
    """Show another page of what the form would do."""
    if not await _has_expired(desk, state, draft):
        await forms.ask(desk, state, form, draft.model_copy(update={"page": max(1, callback_data.page)}))


@router.callback_query(Answer.filter(), STAFF)
@router.callback_query(AskAgain.filter(), STAFF)
@router.callback_query(Finish.filter(), STAFF)
@router.callback_query(TurnPage.filter(), STAFF)
@router.callback_query(Leave.filter(), STAFF)
async def not_open(_: CallbackQuery, desk: Desk) -> None:
    """Say that the form of this button is over."""
    await desk.talk.show(views.not_open(desk.reader))
