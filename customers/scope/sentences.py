"""What to say to the customer, ready to copy: taking it back first, then an answer, politely and
briefly in Japanese, and in English.

Each is written in its own language, whatever the reader's is; the clause, the numbers and the
price in it come from the contract and are marked, so that one sees what was filled in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.contracts.kinds import Period
from customers.contracts.wording import hours_text
from customers.models import Channel, Contact, ScopeInquiry
from customers.scope.judging import OVER, WARN, Answer, Fact
from customers.scope.words import clause_words
from firm import formats

Verdict = ScopeInquiry.Verdict
# Japanese firms call people by these; everybody else is 様.
TITLES = (
    *("会長", "社長", "専務", "常務", "取締役", "本部長", "支店長", "工場長", "部長", "次長"),
    *("課長", "係長", "店長", "理事長", "院長", "園長", "校長", "館長", "町長", "市長"),
)
TEACHERS = ("先生", "医師", "弁護士", "税理士", "教授", "講師")
_COMPUTED = re.compile("\x02(.*?)\x03", re.DOTALL)


@dataclass(frozen=True)
class Part:
    text: str
    is_computed: bool = False


@dataclass(frozen=True)
class Reply:
    code: str
    label: Any
    language: str
    parts: list[Part]

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)


REPLIES = (
    ("hold", gettext_lazy("Get back to them"), "ja"),
    ("polite", gettext_lazy("Polite"), "ja"),
    ("brief", gettext_lazy("Brief"), "ja"),
    ("english", "English", "en"),
)


def replies_for(answer: Answer, *, with_price: bool) -> list[Reply]:
    """Without the right to prices they leave the paid offer out."""
    found = []
    for code, label, language in REPLIES:
        with translation.override(language):
            lines = list(_lines(answer, code, with_price=with_price))
            joined = ("" if language == "ja" else " ").join(lines)
        found.append(Reply(code, label, language, _parts(joined)))
    return found


def addressed(contact: Contact | None) -> str:
    """田中部長, 木村先生, 佐藤様; Tanaka-san. Empty where nobody is named."""
    if contact is None:
        return ""
    surname = contact.name.split()[0] if contact.name.split() else contact.name
    if not translation.get_language().startswith("ja"):
        return _("%(surname)s-san") % {"surname": surname}
    if any(title in contact.title for title in TEACHERS):
        return f"{surname}先生"
    title = next((title for title in TITLES if contact.title.endswith(title)), "")
    return f"{surname}{title or '様'}"


def _lines(answer: Answer, style: str, *, with_price: bool) -> Iterator[str]:
    brief = style == "brief"
    if style == "hold":
        yield _greeting(answer, brief=False)
        yield _("Let me check this with the team; I will get back to you shortly.")
        return
    yield _greeting(answer, brief=brief)
    if answer.is_fine:
        yield _in_scope(answer, brief=brief)
    else:
        yield from _not_in_scope(answer, brief=brief)
        if with_price and answer.price is not None:
            yield _paid(answer, brief=brief)
    channel = next((fact for fact in answer.facts if fact.code == "channel" and fact.tone), None)
    if channel and channel.data["agreed"]:
        yield _by_channel(channel, brief=brief)


def _greeting(answer: Answer, *, brief: bool) -> str:
    name = addressed(answer.question.contact)
    if brief:
        return _("%(name)s, thank you.") % {"name": _mark(name)} if name else _("Thank you.")
    if name:
        return _("Dear %(name)s, thank you for getting in touch.") % {"name": _mark(name)}
    return _("Thank you for getting in touch.")


def _in_scope(answer: Answer, *, brief: bool) -> str:
    if brief:
        return _("We take care of it within your contract.")
    return _("We are glad to take care of this within your current contract.")


def _not_in_scope(answer: Answer, *, brief: bool) -> Iterator[str]:
    for fact in answer.facts:
        if fact.tone in (OVER, WARN) and fact.code in _REASONS:
            yield _REASONS[fact.code](fact.data)
    if answer.verdict == Verdict.UNKNOWN:
        yield _("I will check whether this is part of your contract.")


def _excluded(data: dict[str, Any]) -> str:
    clause = _mark(clause_words(data))
    return _("Under %(clause)s, this is not part of your current contract.") % {"clause": clause}


def _count(data: dict[str, Any]) -> str:
    values = {
        "clause": _mark(clause_words(data)),
        "included": _mark(data["included"]),
        "period": str(Period(data["period"]).label) if data["period"] else "",
    }
    return _("All %(included)s times %(period)s under %(clause)s have been used.") % values


def _hours(data: dict[str, Any]) -> str:
    values = {name: _mark(hours_text(data[name])) for name in ("used", "included", "left")}
    values["clause"] = _mark(clause_words(data))
    if data["left"]:
        return _("Of the %(included)s hours in %(clause)s, %(left)s are left this month.") % values
    return _("The %(included)s hours in %(clause)s have been used this month.") % values


def _time(data: dict[str, Any]) -> str:
    if data["holiday"]:
        return _("The time you asked for is a holiday under your contract.")
    return _("The time you asked for is outside the support hours of your contract.")


_REASONS = {"excluded": _excluded, "count": _count, "hours": _hours, "time": _time}


def _paid(answer: Answer, *, brief: bool) -> str:
    assert answer.price is not None
    assert answer.question.minutes is not None
    values = {
        "price": _mark(formats.money(answer.price, "yen", settings.BASE_CURRENCY)),
        "hours": _mark(hours_text(answer.question.minutes)),
    }
    if brief:
        return _("It would be %(price)s before tax (%(hours)s hours).") % values
    return (
        _(
            "We can do it separately for %(price)s before tax (%(hours)s hours); "
            "shall I send you an estimate?"
        )
        % values
    )


def _by_channel(fact: Fact, *, brief: bool) -> str:
    names = [str(Channel(code).label) for code in fact.data["agreed"]]
    values = {"channels": _mark(_(", ").join(names))}
    if brief:
        return _("Requests by %(channels)s, please.") % values
    return _("For requests from now on, please use %(channels)s.") % values


def _mark(value: object) -> str:
    return f"\x02{value}\x03"


def _parts(marked: str) -> list[Part]:
    pieces = _COMPUTED.split(marked)
    return [Part(piece, at % 2 == 1) for at, piece in enumerate(pieces) if piece]
