"""Codes and data into sentences of the reader's language: audit, notices, job errors, refused
lines. One table a family; a code without a row is a defect that a test finds.

Data never carries words, so the same row reads well in both languages and after a change of
wording.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from firm import formats
from firm.acts import AUDIT
from firm.models.firm import FourEyes
from firm.named import KINDS, SUBJECTS
from firm.roles import Role

NOTICES = {
    "lone_work_asked": (
        gettext_lazy("A colleague would like to talk about work carried alone"),
        gettext_lazy("%(asker)s asks: %(question)s"),
    ),
    "lone_work_noticed": (
        gettext_lazy("A question about your records, to you alone"),
        gettext_lazy(
            "You have been handling goodwill work or work outside support hours alone again and"
            " again (entries: %(count)s). Would you like to talk about it? “My records” lists them"
            " and takes your answer. Nobody else has been told; without an answer your manager"
            " hears of it after five business days."
        ),
    ),
    "lone_work_waits": (
        gettext_lazy("Somebody in your section may need a word with you"),
        gettext_lazy(
            "Somebody in your section has been handling work alone again and again, and has not"
            " answered for five business days whether that is fine. “My section” has the entries."
            " It is meant for helping."
        ),
    ),
    "entry_question": (
        gettext_lazy("A colleague asks about an entry of the service log"),
        gettext_lazy(
            "%(asker)s asks about the entry of %(day)s for customer %(customer)s: “%(question)s”"
            " The entry: %(path)s"
        ),
    ),
    "job_failed": (
        gettext_lazy("A background job did not finish"),
        gettext_lazy("The job %(kind)s for %(key)s stopped: %(reason)s"),
    ),
    "run_held": (
        gettext_lazy("A run is held for confirmation"),
        gettext_lazy(
            "The run of %(date)s changed nothing, because its result looks like a mistake:"
            " %(down)s customers would move down, %(up)s up. Its page says what stopped it."
            " Correct the import and recalculate, or confirm it there."
        ),
    ),
    "override_requested": (
        gettext_lazy("A manual override waits for your decision"),
        gettext_lazy(
            "For customer %(customer)s a manual override from %(first)s to %(last)s is requested."
            " The page of manual overrides under Rules has the reason and the figures."
        ),
    ),
    "override_approved": (
        gettext_lazy("A manual override was approved"),
        gettext_lazy("Customer %(customer)s: approved from %(first)s to %(last)s."),
    ),
    "override_rejected": (
        gettext_lazy("A manual override was rejected"),
        gettext_lazy(
            "Customer %(customer)s: the manual override from %(first)s to %(last)s was rejected."
            " The page of manual overrides under Rules has the reason."
        ),
    ),
    "override_ended": (
        gettext_lazy("A manual override was ended early"),
        gettext_lazy(
            "Customer %(customer)s: the last day was %(last)s. The page of manual overrides under"
            " Rules has the reason."
        ),
    ),
    "override_ends": (
        gettext_lazy("A manual override ends soon"),
        gettext_lazy(
            "Customer %(customer)s: the last day is %(last)s. From the day after, what the rules"
            " give holds again. To go on, request it anew with its reason."
        ),
    ),
    "override_loses_tier": (
        gettext_lazy("A manual override will hold nothing"),
        gettext_lazy(
            "Customer %(customer)s: version %(version)s of the tier rules, from %(date)s on, does"
            " not have the tier of the manual override. From then on the earned tier holds. Where"
            " another one is to hold, request it anew."
        ),
    ),
    "review_overdue": (
        gettext_lazy("The tier rules wait for their review"),
        gettext_lazy(
            "Version %(version)s was to be reviewed by %(date)s. On the page of the rules, say"
            " that they stay as they are, or begin a draft."
        ),
    ),
    "renewals_ahead": (
        gettext_lazy("Contracts come up for renewal"),
        gettext_lazy(
            "The following contracts are to be renewed. The page of contract renewals, under"
            " Customers, has all of them."
        ),
    ),
    "payment_stop_set": (
        gettext_lazy("Payment is stopped for one of your customers"),
        gettext_lazy("Customer %(customer)s: since %(date)s no work on credit."),
    ),
    "payment_stop_lifted": (
        gettext_lazy("A payment stop was lifted"),
        gettext_lazy("Customer %(customer)s: lifted on %(date)s."),
    ),
    "investment_review": (
        gettext_lazy("An investment is to be reviewed today"),
        gettext_lazy(
            "Customer %(customer)s: the review of “%(title)s” is due on %(date)s. Say on its page"
            " whether it has paid back, goes on until a new date, or is stopped."
        ),
    ),
    "investment_overdue": (
        gettext_lazy("An investment waits for its verdict"),
        gettext_lazy(
            "Customer %(customer)s: “%(title)s” was to be reviewed on %(date)s and has no verdict"
            " yet. Until it has one, no further investment begins for this customer."
        ),
    ),
    "tiers_of_night": (
        gettext_lazy("News of your customers after the night of %(date)s"),
        gettext_lazy(
            "The night changed the following. These are the tiers earned by the rules; a manual"
            " override that is in force goes on. Planned downgrades, under Reports, has all that"
            " are still to come."
        ),
    ),
    "flags_of_night": (
        gettext_lazy("News about what your customers are given"),
        gettext_lazy(
            "The night of %(date)s noticed that customers of yours are given more or less than was"
            " agreed: new flags %(flags)s. The page “Over & under” says of each why, and what can"
            " be done."
        ),
    ),
    "draft_submitted": (
        gettext_lazy("A draft of the tier rules waits for your review"),
        gettext_lazy("Read it on the rules page, then approve it or return it with a note."),
    ),
    "draft_returned": (
        gettext_lazy("Your draft of the tier rules came back"),
        gettext_lazy("The reviewer's note says what has to change. It can be edited again."),
    ),
    "draft_approved": (
        gettext_lazy("Your draft of the tier rules was approved"),
        gettext_lazy("It can be published once its impact preview has been made."),
    ),
    "went_live": (
        gettext_lazy("The trial has ended"),
        gettext_lazy("Since %(date)s no rule is published by one person alone."),
    ),
    "rules_published": (
        gettext_lazy("Tier rules were published"),
        gettext_lazy("Version %(version)s of the tier rules holds from %(date)s."),
    ),
}

# What a notice lists, a line each.
LINES = {
    "renews": gettext_lazy("%(customer)s, “%(contract)s”: renewal on %(date)s"),
    "renews_notice_by": gettext_lazy(
        "%(customer)s, “%(contract)s”: renewal on %(date)s, notice by %(last)s"
    ),
    "fallen": gettext_lazy("%(customer)s: downgrade from %(before)s to %(after)s"),
    "risen": gettext_lazy("%(customer)s: upgrade from %(before)s to %(after)s"),
    "will_fall": gettext_lazy("%(customer)s: goes from %(before)s to %(after)s on %(date)s"),
    "will_fall_unless": gettext_lazy(
        "%(customer)s: goes from %(before)s to %(after)s on %(date)s unless %(missing)s more comes"
        " in before"
    ),
}

ERRORS = {
    "too_many_attempts": gettext_lazy("It was started %(attempts)s times and never finished."),
    "unexpected": gettext_lazy(
        "Something unexpected happened (%(type)s). The log has the details."
    ),
    "no_rules_in_force": gettext_lazy("No tier rules are in force on %(date)s."),
    "nothing_logged": gettext_lazy("Nobody has logged any work yet."),
    "detection_overtaken": gettext_lazy(
        "Flags are as of a later day than %(date)s already; nothing was changed."
    ),
    "draft_changed": gettext_lazy("The draft was changed while its preview was being worked out."),
    "no_month_closed": gettext_lazy("No month had been closed by %(date)s."),
    "night_overtaken": gettext_lazy(
        "%(date)s (evaluated as of %(as_of)s) lies before what is evaluated already: %(latest)s."
        " With --replay-from %(date)s it and all dates after it are evaluated again."
    ),
    "night_of_former_rules": gettext_lazy(
        "Nights after %(date)s have been evaluated by a later version of the rules."
        " With --replay-from %(date)s it and all dates after it are evaluated again."
    ),
}


class _Readable(dict[str, Any]):
    """Data of a row with its codes and dates as words; what is missing reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "—"


def _readable(data: Mapping[str, Any]) -> _Readable:
    words = _Readable(data)
    if data.get("role") in Role.values:
        words["role"] = Role(data["role"]).label
    if data.get("kind") in KINDS:
        words["kind"] = KINDS[data["kind"]]
    if data.get("four_eyes") in FourEyes.values:
        words["four_eyes"] = FourEyes(data["four_eyes"]).label
    if "month" in data:
        words["month"] = formats.month(datetime.date.fromisoformat(data["month"]))
    for key in ("day", "first", "last", "date"):
        if key in data:
            words[key] = formats.full_day(datetime.date.fromisoformat(data[key]))
    return words


def audit_text(code: str, data: Mapping[str, Any]) -> str:
    """A code that has gone since is shown as it is: the trail outlives the program."""
    return str(AUDIT[code]) % _readable(data) if code in AUDIT else code


def audit_name(code: str) -> str:
    """The act without its particulars."""
    return re.split("[:：]", str(AUDIT[code]))[0].strip()


def notice_text(code: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body. Subjects never carry a tier, a flag or an amount."""
    subject, body = NOTICES[code]
    words = _readable(data)
    if "error" in data:
        words["reason"] = error_text(data["error"])
    return str(subject) % words, "\n".join([str(body) % words, *_lines(data)])


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    """What the notice lists, and how many more there are than `data` holds."""
    lines = data.get("lines", [])
    if lines:
        yield ""
    for line in lines:
        text = str(LINES[line["code"]]) % _readable_line(line)
        yield f"{text} ({line['owner']})" if "owner" in line else text
    if (others := data.get("customers", 0) - len(lines)) > 0:
        yield _("%(count)s more, on the page") % {"count": others}


def _readable_line(line: Mapping[str, Any]) -> _Readable:
    """`before` and `after` are the firm's own words, with the English ones where it has any."""
    words = _readable(line)
    for key in ("before", "after"):
        if key in line:
            name, english = line[key]
            words[key] = english if english and get_language() == "en" else name
    if "missing" in line:
        words["missing"] = str(formats.money(Decimal(line["missing"]), "yen"))
    return words


def error_text(error: Mapping[str, Any]) -> str:
    """The sentence of a job's or line's error, or an empty string where there is none."""
    if not error:
        return ""
    template = ERRORS.get(error["code"])
    return str(template) % error if template else _("Unknown error: %(code)s") % error


def subject_text(kind: str, pk: int | None, name: str = "") -> str:
    """What an audit event is about: its kind, and its name where the caller has looked it up,
    else its number, since the trail holds no names.
    """
    return f"{SUBJECTS.get(kind, kind)} {name or pk}" if pk is not None else ""
