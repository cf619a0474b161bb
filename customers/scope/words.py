"""The facts of a scope check in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from customers.consumption.contacts import MONTH, WEEK
from customers.contracts.kinds import Kind, Period
from customers.contracts.wording import hours_text
from customers.models import Channel, ScopeInquiry
from customers.scope.judging import Fact

Verdict = ScopeInquiry.Verdict


def headline(verdict: str, facts: list[Fact]) -> str:
    """The answer in one sentence."""
    left = next((fact.data["left"] for fact in facts if fact.code == "count"), None)
    match verdict:
        case Verdict.IN_SCOPE if left:
            return ngettext(
                "In scope: %(left)s time left", "In scope: %(left)s times left", left
            ) % {"left": left}
        case Verdict.IN_SCOPE:
            return _("This is in scope")
        case Verdict.ALLOWANCE:
            return _("Out of scope, but within the allowance")
        case Verdict.NEEDS_APPROVAL:
            return _("In scope, but this needs approval")
        case Verdict.OUT_OF_SCOPE:
            return _("This is out of scope")
        case _unknown:
            return _("Not enough is known to tell")


def label_of(fact: Fact) -> str:
    match fact.code:
        case "excluded":
            return _("Not included")
        case "included" | "count":
            return fact.data["term"] or str(Kind(fact.data["kind"]).label)
        case "hours":
            return _("Hours of the month")
        case "time":
            return pgettext("scope check", "Time")
        case "channel":
            return _("Channel")
        case "contacts":
            return pgettext("scope check", "Contacts")
        case _nothing_known:
            return _("Contract")


def words_of(fact: Fact) -> str:
    return _WORDS[fact.code](fact.data)


def reason_of(fact: Fact) -> str:
    """What the verdict stands on, with its clause."""
    if fact.code not in ("count", "hours"):
        return words_of(fact)
    return _("%(clause)s, %(words)s") % {
        "clause": clause_words(fact.data),
        "words": words_of(fact),
    }


def clause_words(data: dict[str, Any]) -> str:
    """保守契約 第2版「軽微な修正」."""
    return _("%(contract)s, revision %(revision)s: “%(term)s”") % {
        **data,
        "term": data["term"] or str(Kind(data["kind"]).label),
    }


def _excluded(data: dict[str, Any]) -> str:
    clause = clause_words(data)
    if data["example"]:
        return _("%(clause)s does not include “%(example)s”") % {
            "clause": clause,
            "example": data["example"],
        }
    if data["kind"] == Kind.EXCLUSION:
        return _("%(clause)s is not included") % {"clause": clause}
    return clause


def _included(data: dict[str, Any]) -> str:
    return _("Included in %(clause)s") % {"clause": clause_words(data)}


def _count(data: dict[str, Any]) -> str:
    values = {**data, "period": str(Period(data["period"]).label) if data["period"] else ""}
    if not data["left"]:
        return _("%(used)s used of %(included)s %(period)s, none left") % values
    return _("%(used)s used of %(included)s %(period)s, %(left)s left") % values


def _hours(data: dict[str, Any]) -> str:
    values = {name: hours_text(data[name]) for name in ("used", "included", "left")}
    beyond = data["used"] - data["included"]
    if beyond > 0:
        return _("%(used)s of %(included)s h used, %(beyond)s h beyond") % {
            **values,
            "beyond": hours_text(beyond),
        }
    if data["asked"] and data["asked"] > data["left"]:
        return _("%(used)s of %(included)s h used, %(left)s h left, %(asked)s h asked for") % {
            **values,
            "asked": hours_text(data["asked"]),
        }
    return _("%(used)s of %(included)s h used, %(left)s h left") % values


def _time(data: dict[str, Any]) -> str:
    if not (data["outside"] or data["holiday"]):
        return _("Within support hours")
    values = {"inside": data["inside"], "beyond": data["outside"] + data["holiday"]}
    if data["holiday"]:
        return _("On a holiday: %(inside)s min in, %(beyond)s min out") % values
    return _("Outside support hours: %(inside)s min in, %(beyond)s min out") % values


def _channel(data: dict[str, Any]) -> str:
    agreed = _(", ").join(str(Channel(code).label) for code in data["agreed"])
    values = {"channel": str(Channel(data["channel"]).label), "agreed": agreed}
    if data["channel"] in data["agreed"]:
        return _("%(channel)s is in the contract") % values
    if not agreed:
        return _("%(channel)s is not in the contract") % values
    return _("%(channel)s is not in the contract; agreed: %(agreed)s") % values


def _contacts(data: dict[str, Any]) -> str:
    days = WEEK if data["period"] == "week" else MONTH
    values = {**data, "days": days, "period": str(Period(data["period"]).label)}
    return (
        _(
            "%(by_customer)s by the customer and %(by_us)s by us in %(days)s days; "
            "at most %(most)s %(period)s"
        )
        % values
    )


def _no_contract(data: dict[str, Any]) -> str:
    return _("No contract is in force on this day")


def _no_terms(data: dict[str, Any]) -> str:
    return _("No hours and no items are on record for the contract. The back office can add them.")


def _no_item(data: dict[str, Any]) -> str:
    return _("Nothing in the contract is like these words. Choose the item that is meant.")


_WORDS = {
    "excluded": _excluded,
    "included": _included,
    "count": _count,
    "hours": _hours,
    "time": _time,
    "channel": _channel,
    "contacts": _contacts,
    "no_contract": _no_contract,
    "no_terms": _no_terms,
    "no_item": _no_item,
}
