"""Questions that are answered by typing: each says what is wanted, what is there now, and how to leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiogram.filters.callback_data import CallbackData

from bot.views.admin.buttons import Answer, AskAgain, Finish, Leave, Office, TurnPage
from bot.views.reader import Html, Reader, escape
from bot.views.screen import Row, Screen, button, destructive, grid, keyboard, lines, pager, recommended, title, way_out

SHOWN_MAX = 1500


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An answer by button."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What a filled form will do, said before it is done."""

    text: Html
    label: str
    is_destructive: bool = False
    choice: str = ""
    """What the form is told when this button is tapped."""
    instead: "tuple[str, str] | None" = None
    """Label and choice of another, destructive way to do it."""
    keep: Mapping[str, Any] = field(default_factory=dict)
    """What was shown and is asked again when it is done: it goes into the draft's values."""
    page: int = 1
    pages: int = 1


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One question as it is shown."""

    form_id: str
    step: int
    steps: int
    title: Html
    question: Html
    present: str | None = None
    """The value now, as it would be typed."""
    choices: Sequence[Choice] = ()


def question(reader: Reader, asked: Asked, *, problem: Html | None = None) -> Screen:
    """One question of a form; with `problem`, why the last answer was not taken."""
    progress = f" · {asked.step + 1}/{asked.steps}" if asked.steps > 1 else ""
    present = Html(f"<code>{escape(asked.present[:SHOWN_MAX])}</code>") if asked.present else None
    text = lines(
        f"<b>{problem or asked.title}</b>" + ("" if problem else progress),
        asked.question,
        reader.say("Now: {value}", value=present) if present else None,
    )
    chosen = (
        button(choice.label, Answer(form=asked.form_id, step=asked.step, value=choice.value))
        for choice in asked.choices
    )
    return Screen(text=text, keyboard=keyboard(*grid(chosen, columns=2), _way_out(reader, asked.form_id, asked.step)))


def _way_out(reader: Reader, form_id: str, step: int) -> Row:
    leave = button(reader.label("Cancel"), Leave(form=form_id))
    return [button(reader.label("Back"), AskAgain(form=form_id, step=step - 1)), leave] if step else [leave]


def confirm(
    reader: Reader, form_id: str, consequence: Consequence, *, steps: int, problem: Html | None = None
) -> Screen:
    """What the filled form will do, and the button that does it; with `problem`, why it was not done just now."""
    kind = destructive if consequence.is_destructive else recommended
    number = consequence.page
    instead = consequence.instead
    return Screen(
        text=lines(title(problem), "", consequence.text) if problem else consequence.text,
        keyboard=keyboard(
            pager(
                reader, number=number, pages=consequence.pages, earlier=TurnPage(form=form_id, page=max(1, number - 1)),
                later=TurnPage(form=form_id, page=number + 1),
            ),
            [kind(consequence.label, Finish(form=form_id, choice=consequence.choice))],
            [destructive(instead[0], Finish(form=form_id, choice=instead[1]))] if instead else [],
            _way_out(reader, form_id, steps),
        ),
    )  # fmt: skip


def left(reader: Reader, back: CallbackData) -> Screen:
    """The form was left."""
    return Screen(text=title(reader.say("Left. Nothing was changed.")), keyboard=keyboard(way_out(reader, back)))


def expired(reader: Reader) -> Screen:
    """The form was left open too long."""
    text = lines(
        title(reader.say("That question was open for too long.")),
        reader.say("Nothing was changed. Please begin again."),
    )
    return Screen(text=text, keyboard=keyboard(way_out(reader, Office())))


def not_open(reader: Reader) -> Screen:
    """A button of a form that has ended."""
    text = lines(
        title(reader.say("This form is no longer open.")),
        reader.say("It was finished, left, or another one was begun."),
    )
    return Screen(text=text, keyboard=keyboard(way_out(reader, Office())))


def words_wanted(reader: Reader) -> Html:
    """The answer to a picture or a sticker."""
    return reader.say("Please answer in words.")
