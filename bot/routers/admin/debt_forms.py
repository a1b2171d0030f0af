"""The form that lets a debt go."""

from bot.routers.admin.access import Desk
from bot.routers.admin.forms import Draft, Form, Question
from bot.routers.admin.looks import receivables_screen
from bot.views import wording
from bot.views.admin import answers
from bot.views.admin import debts as views
from bot.views.admin.forms import Consequence
from bot.views.admin.upkeep_buttons import Receivable, Receivables
from bot.views.reader import Html
from bot.views.screen import Screen, title
from domain import people, wallets

WHY = Question(name="reason", ask=lambda reader: reader.say("Why? It is kept."), read=answers.reason)


async def _title(desk: Desk, draft: Draft) -> Html:
    one = await wallets.receivable(draft.about)
    name, tokens = (await people.get(one.user)).name, wording.tokens(desk.reader, one.remaining)
    return desk.reader.say("{name} owes {tokens}", name=name, tokens=tokens)


async def _consequence(desk: Desk, draft: Draft) -> Consequence:
    one = await wallets.receivable(draft.about)
    text = views.ask_forgive(desk.reader, one, await people.get(one.user), reason=draft.values["reason"])
    return Consequence(text=text, label=desk.reader.label("Forgive it"), is_destructive=True)


async def _forgive(desk: Desk, draft: Draft) -> Screen:
    await desk.transact(
        wallets.forgive, receivable_id=draft.about, reason=draft.values["reason"], actor=desk.actor, now=desk.now
    )
    return (await receivables_screen(desk, Receivables())).below(title(desk.reader.say("Forgiven.")))


FORGIVE = Form(
    name="debt_forgive", permission="wallets:adjust", title=_title, questions=(WHY,), finish=_forgive,
    back=lambda draft: Receivable(receivable=draft.about), consequence=_consequence,
)  # fmt: skip
FORMS = (FORGIVE,)
