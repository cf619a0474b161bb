"""What an entry of the service log says, and whether it can: for the quick log, the grid, drafts
and the API alike. Being out of scope is never a reason to refuse one.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext as _

from customers.models import (
    Activity,
    Channel,
    Contact,
    Customer,
    Favor,
    Goal,
    Investment,
    ScopeExtension,
)
from firm import formats
from firm.business_time import MINUTES_A_DAY
from firm.dates import EARLIEST, firm_date, firm_zone
from firm.models import User
from firm.refusals import Refused

MOST_TIMES = 1000
# Sources of our own: no file and no other program may call itself so.
GRID, DRAFT = "grid", "draft"


@dataclass(frozen=True)
class FavorData:
    """The goodwill mark: what this would usually have cost, net in the base currency, and why it
    was given for nothing. No price is the usual one of these minutes.
    """

    why: str
    usual_price: Decimal | None = None
    category: str = ""
    customer_knows: bool = False
    told: User | None = None
    from_budget: bool = False

    @classmethod
    def of(cls, favor: Favor) -> "FavorData":
        return cls(**{name: getattr(favor, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class EntryData:
    """What an entry says; the columns are Activity's. `day` is the firm's, and that of
    `started_at` where there is a time of day, which is a whole minute.
    """

    day: datetime.date
    minutes: int
    cause: str
    started_at: datetime.datetime | None = None
    kind: str = Activity.Kind.WORK
    channel: str = ""
    direction: str = ""
    initiator: str = ""
    contact: Contact | None = None
    work_item: str = ""
    quantity: int = 1
    thread: str = ""
    note: str = ""
    goal: Goal | None = None
    investment: Investment | None = None
    extension: ScopeExtension | None = None
    is_invoiced: bool = False
    favor: FavorData | None = None

    @classmethod
    def of(cls, activity: Activity) -> "EntryData":
        favor = live_favor(activity)
        names = cls.__dataclass_fields__.keys() - {"favor"}
        return cls(
            **{name: getattr(activity, name) for name in names},
            favor=FavorData.of(favor) if favor else None,
        )

    @property
    def columns(self) -> dict[str, object]:
        """Everything but the goodwill mark, which is a row of its own."""
        return {name: value for name, value in vars(self).items() if name != "favor"}


def live_favor(activity: Activity) -> Favor | None:
    favor: Favor | None = getattr(activity, "favor", None)
    return favor if favor is not None and favor.withdrawn_at is None else None


def too_long(most: int) -> str:
    return _("A text is too long: at most %(most)s characters.") % {"most": most}


def check_source(name: str) -> None:
    """Raises Refused where entries would pass for those of the grid, or of drafts."""
    if name in (GRID, DRAFT):
        raise Refused(
            _("“%(name)s” is the name of a source of our own. Choose another one.") % {"name": name}
        )


def moment_of(day: datetime.date, time: datetime.time) -> datetime.datetime:
    """When the firm's clocks show this: the later moment of a skipped time, the first of two."""
    return datetime.datetime.combine(day, time, firm_zone()).astimezone(datetime.UTC)


def check_entry(*, customer: Customer, data: EntryData, now: datetime.datetime) -> None:
    """Raises Refused where no work can have been as `data` says."""
    if not 1 <= data.minutes <= MINUTES_A_DAY:
        raise Refused(_("An entry is of at least one minute and at most 24 hours."))
    if not 1 <= data.quantity <= MOST_TIMES:
        raise Refused(_("An entry counts at least once and at most 1,000 times."))
    _check_day(customer, data, now)
    _check_codes(data)
    _check_lengths(Activity, data.columns)
    if data.favor is not None:
        _check_lengths(Favor, vars(data.favor))
        if data.is_invoiced:
            raise Refused(_("This entry is invoiced, so it is no goodwill work."))
    _check_links(customer, data)


def _check_day(customer: Customer, data: EntryData, now: datetime.datetime) -> None:
    if data.day > firm_date(now):
        raise Refused(_("The day lies in the future."))
    if data.day < EARLIEST:
        raise Refused(_("The day lies too far back."))
    if data.started_at is not None:
        if data.started_at > now:
            raise Refused(_("The time lies in the future."))
        if data.started_at.second or data.started_at.microsecond:
            raise Refused(_("Work begins on a whole minute."))
        if firm_date(data.started_at) != data.day:
            raise Refused(_("The time does not lie on the day."))
    ended = customer.ended_on if customer.status == Customer.Status.INACTIVE else None
    if ended is not None and data.day > ended:
        raise Refused(
            _("This customer was one until %(date)s. Choose a day until then.")
            % {"date": formats.full_day(ended)}
        )


def _check_codes(data: EntryData) -> None:
    """The codes come from menus; files and the API may bring others."""
    known: list[tuple[str, type[models.TextChoices], str, bool]] = [
        (_("Cause"), Activity.Cause, data.cause, False),
        (_("Kind of work"), Activity.Kind, data.kind, False),
        (_("Channel"), Channel, data.channel, True),
        (_("Direction"), Activity.Direction, data.direction, True),
        (_("Initiative"), Activity.Initiator, data.initiator, True),
    ]
    for name, choices, value, may_be_empty in known:
        if value not in choices.values and not (may_be_empty and value == ""):
            raise Refused(
                _("%(name)s: “%(value)s” is unknown.") % {"name": name, "value": value[:40]}
            )


def _check_lengths(model: type[models.Model], values: Mapping[str, object]) -> None:
    for name, value in values.items():
        longest = getattr(model._meta.get_field(name), "max_length", None)
        if isinstance(value, str) and longest is not None and len(value) > longest:
            raise Refused(too_long(longest))


def _check_extension(customer: Customer, extension: ScopeExtension, day: datetime.date) -> None:
    if extension.contract.customer_id != customer.pk:
        raise Refused(_("What the entry is linked to belongs to another customer."))
    if not extension.starts_on <= day < extension.ends_on:
        raise Refused(
            _("The extension %(reference)s is for %(first)s to %(last)s: choose a day of these.")
            % {
                "reference": extension.reference,
                "first": formats.full_day(extension.starts_on),
                "last": formats.full_day(extension.last_day),
            }
        )


def _check_links(customer: Customer, data: EntryData) -> None:
    for linked in (data.contact, data.goal, data.investment):
        if linked is not None and linked.customer_id != customer.pk:
            raise Refused(_("What the entry is linked to belongs to another customer."))
    if data.extension is not None:
        _check_extension(customer, data.extension, data.day)
    if data.investment is not None and data.cause != Activity.Cause.INVESTMENT:
        raise Refused(_("Work on an investment has the cause “Investment”."))
