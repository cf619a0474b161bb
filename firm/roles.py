"""What each role may do, in one table.

A person's rights are the union of the rights of the posts they hold today; what
they may see of a customer depends besides on ownership (firm/scope.py).
"""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    SECTION_MANAGER = "section_manager", _("Section manager")
    DEPARTMENT_HEAD = "department_head", _("Department head")
    EXECUTIVE = "executive", _("Executive")
    ADMINISTRATOR = "administrator", _("Administrator")
    BACK_OFFICE = "back_office", _("Back office")
    COMPLIANCE = "compliance", _("Compliance desk")
    AUDITOR = "auditor", _("Auditor")


class Right(StrEnum):
    """Something that can be allowed. Seeing every customer's card needs none of them."""

    SEE_ALL_FILES = "see_all_files"  # the file of every customer, not only one's own
    SEE_JUNIORS_FILES = "see_juniors_files"  # the files of the people below oneself
    EDIT_CUSTOMERS = "edit_customers"
    IMPORT = "import"  # upload, preview, apply
    EDIT_PRICES = "edit_prices"  # the firm's list price of an hour
    CLOSE_MONTHS = "close_months"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_RULES = "edit_rules"  # drafts, previews, publishing
    REVIEW_RULES = "review_rules"  # read drafts, be the second person who approves them
    RECORD_WORK = "record_work"  # what was done for a customer whose file one has
    REQUEST_OVERRIDE = "request_override"  # another tier for a customer whose file one has
    APPROVE_OVERRIDE = "approve_override"
    SCORE_CUSTOMERS = "score_customers"  # the strategic fit of others' customers
    ACCEPT_FLAGS = "accept_flags"  # leave a flag of others' customers as it is until a day
    GO_LIVE = "go_live"  # end the trial: from then on nobody publishes alone
    READ_RUNS = "read_runs"  # what each night did
    RUN_NIGHT = "run_night"  # recalculate now, confirm a held run
    EDIT_PEOPLE = "edit_people"
    READ_AUDIT = "read_audit"
    # Money
    PRICE = "price"  # list rates and what extra work costs
    REVENUE = "revenue"  # of the customers whose file one has
    FIRM_REVENUE = "firm_revenue"  # totals and shares of the whole firm
    MARGIN = "margin"  # margin, loss at cost
    COST_RATES = "cost_rates"  # by grade, never by person


_LOGGING = {Right.PRICE, Right.REVENUE, Right.RECORD_WORK, Right.REQUEST_OVERRIDE}
_MANAGING = _LOGGING | {
    Right.SEE_JUNIORS_FILES,
    Right.SCORE_CUSTOMERS,
    Right.ACCEPT_FLAGS,
    Right.MARGIN,
    Right.FIRM_REVENUE,
    Right.READ_RUNS,
}
_DECIDING = {Right.REVIEW_RULES, Right.APPROVE_OVERRIDE}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ACCOUNT_MANAGER: frozenset(_LOGGING),
    Role.SECTION_MANAGER: frozenset(_MANAGING),
    Role.DEPARTMENT_HEAD: frozenset(_MANAGING | _DECIDING),
    Role.EXECUTIVE: frozenset(
        _MANAGING | _DECIDING | {Right.SEE_ALL_FILES, Right.COST_RATES, Right.GO_LIVE}
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.SEE_ALL_FILES,
            Right.EDIT_CUSTOMERS,
            Right.EDIT_PRICES,
            Right.IMPORT,
            Right.EDIT_CALENDAR,
            Right.EDIT_RULES,
            Right.REVIEW_RULES,
            Right.RECORD_WORK,
            Right.REQUEST_OVERRIDE,
            Right.APPROVE_OVERRIDE,
            Right.SCORE_CUSTOMERS,
            Right.ACCEPT_FLAGS,
            Right.GO_LIVE,
            Right.READ_RUNS,
            Right.RUN_NIGHT,
            Right.EDIT_PEOPLE,
            Right.READ_AUDIT,
            Right.PRICE,
            Right.REVENUE,
            Right.FIRM_REVENUE,
            Right.MARGIN,
            Right.COST_RATES,
        }
    ),
    Role.BACK_OFFICE: frozenset(
        {
            Right.SEE_ALL_FILES,
            Right.EDIT_CUSTOMERS,
            Right.EDIT_PRICES,
            Right.IMPORT,
            Right.CLOSE_MONTHS,
            Right.EDIT_CALENDAR,
            Right.READ_RUNS,
            Right.RECORD_WORK,
            Right.REQUEST_OVERRIDE,
            Right.PRICE,
            Right.REVENUE,
            Right.FIRM_REVENUE,
            Right.MARGIN,
        }
    ),
    Role.COMPLIANCE: frozenset(),
    Role.AUDITOR: frozenset(
        {Right.SEE_ALL_FILES, Right.READ_AUDIT, Right.READ_RUNS, Right.REVENUE}
    ),
}
