"""The services a tier can bring: how each is measured, and its level as a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from tiering.models import Benefit, Per, Service, ServiceLevel
from tiering.models.services import USABLE


class Measure(StrEnum):
    """What a level is made of; the unit of its amount in the comment."""

    CHOICE = "choice"
    RESPONSE = "response"  # business minutes, less is better
    WEEKS = "weeks"  # weeks from one contact to the next, less is better
    CASE = "case"  # minutes a case
    BUDGET = "budget"  # minutes a quarter
    COUNT = "count"  # times a period


class AfterHours(models.TextChoices):
    GOODWILL = "goodwill", gettext_lazy("In emergencies, and within the goodwill budget")
    EMERGENCY = "emergency", gettext_lazy("In emergencies")
    CONTRACT = "contract", gettext_lazy("As the contract says")


class BackupKind(models.TextChoices):
    NAMED = "named", gettext_lazy("A named person")
    POOL = "pool", gettext_lazy("The team")


class Interrupting(models.TextChoices):
    YES = "yes", gettext_lazy("Always")
    URGENT = "urgent", gettext_lazy("When it is urgent")
    NO = "no", pgettext_lazy("interrupting meetings", "No")


CHOICES: dict[str, type[models.TextChoices]] = {
    Service.AFTER_HOURS: AfterHours,
    Service.BACKUP: BackupKind,
    Service.INTERRUPT_MEETINGS: Interrupting,
}
MEASURES: dict[str, Measure] = {
    Service.FIRST_RESPONSE: Measure.RESPONSE,
    Service.AFTER_HOURS: Measure.CHOICE,
    Service.CONTACT_INTERVAL: Measure.WEEKS,
    Service.REVIEW_MEETING: Measure.COUNT,
    Service.PROPOSAL: Measure.COUNT,
    Service.BACKUP: Measure.CHOICE,
    Service.INTERRUPT_MEETINGS: Measure.CHOICE,
    Service.GOODWILL_BUDGET: Measure.BUDGET,
    Service.ALLOWANCE_CASE: Measure.CASE,
    Service.ALLOWANCE_QUARTER: Measure.BUDGET,
}
LARGEST: dict[Measure, int] = {
    Measure.RESPONSE: 10_000,
    Measure.WEEKS: 104,
    Measure.CASE: 10_000,
    Measure.BUDGET: 100_000,
    Measure.COUNT: 1_000,
}


@dataclass(frozen=True)
class Level:
    """The value of a service in one tier; `amount` in the unit of its measure."""

    amount: int | None = None
    choice: str = ""
    per: str = ""

    @property
    def resets(self) -> str:
        """The period after which what is used begins anew."""
        return self.per or Per.QUARTER


def level_of(row: ServiceLevel) -> Level:
    return Level(amount=row.amount, choice=row.choice, per=row.per)


@dataclass(frozen=True)
class Offer:
    """A standard service, or a benefit of the firm's own."""

    code: str
    measure: Measure
    benefit: Benefit | None = None

    @property
    def label(self) -> str:
        return str(self.benefit or Service(self.code).label)

    @property
    def service(self) -> str:
        """The column of rows about a standard service; empty for a benefit."""
        return "" if self.benefit else self.code

    @property
    def is_usable(self) -> bool:
        """Whether it is used up in the course of a period."""
        return self.benefit is not None or self.code in USABLE

    @property
    def is_budget(self) -> bool:
        """Minutes of goodwill, which the service log uses as well."""
        return self.measure is Measure.BUDGET

    @property
    def in_minutes(self) -> bool:
        return self.measure in (Measure.RESPONSE, Measure.CASE, Measure.BUDGET)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return CHOICES[self.code].choices if self.measure is Measure.CHOICE else []

    def quantity(self, amount: int) -> str:
        """`3 h`, `twice`: how much of it."""
        if self.in_minutes:
            return duration(amount)
        unit = self.benefit.counted_in if self.benefit else ""
        return counted(amount, unit)

    def figure(self, amount: int) -> str:
        """The same in a table: 3 h, 12 copies, 2 times."""
        if self.in_minutes or (self.benefit and self.benefit.counted_in):
            return self.quantity(amount)
        return ngettext("%(number)s time", "%(number)s times", amount) % {"number": f"{amount:,}"}

    def words(self, level: Level) -> str:
        """The level as a sentence's half: within 2 h of business time, 4 times a year."""
        if self.measure is Measure.CHOICE:
            return str(CHOICES[self.code](level.choice).label)
        assert level.amount is not None  # the database keeps this
        if self.measure is Measure.WEEKS:
            return ngettext(
                "At least once a week, with a purpose",
                "At least once every %(count)s weeks, with a purpose",
                level.amount,
            ) % {"count": level.amount}
        return str(_SENTENCES[level.per or self.measure]) % {"amount": self.quantity(level.amount)}


_SENTENCES: dict[str, Promise] = {
    Measure.RESPONSE: gettext_lazy("Within %(amount)s of business time"),
    Measure.CASE: gettext_lazy("Up to %(amount)s a case"),
    Measure.BUDGET: gettext_lazy("Up to %(amount)s a quarter"),
    Per.QUARTER: gettext_lazy("%(amount)s a quarter"),
    Per.HALF: gettext_lazy("%(amount)s a half-year"),
    Per.YEAR: gettext_lazy("%(amount)s a year"),
}


def duration(minutes: int) -> str:
    """30 min, 2 h, 3 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": f"{hours:,}"}
    return _("%(hours)s h %(minutes)s min") % {"hours": f"{hours:,}", "minutes": rest}


def counted(number: int, unit: str) -> str:
    """12 copies; once, 4 times where there is no unit."""
    if unit:
        return _("%(number)s %(unit)s") % {"number": f"{number:,}", "unit": unit}
    return ngettext("Once", "%(number)s times", number) % {"number": f"{number:,}"}


STANDARD = {code: Offer(code, measure) for code, measure in MEASURES.items()}


def offers(own: Iterable[Benefit] | None = None) -> dict[str, Offer]:
    """Everything that can be offered, by its code: the standard services, then the firm's own,
    for who has read them.
    """
    benefits = Benefit.objects.all() if own is None else own
    return STANDARD | {benefit.code: offer_of(benefit) for benefit in benefits}


def offer_of(benefit: Benefit) -> Offer:
    return Offer(benefit.code, Measure.COUNT, benefit)
