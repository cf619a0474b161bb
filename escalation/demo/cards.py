"""The cards of the first screen: a story each, opened with one click by somebody who may."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Activity, Customer, Favor, Investment, ScopeTerm
from escalation.demo.stories import GINREI, HIKARI, KONAN, YAMATO
from firm import formats
from firm.dates import add_months, first_of_month, today
from tiering.models import Finding

SUNDAY = 7
# What ひかり堂 says on the phone, as the form of the scope check takes it.
ASKED = {"request": "お知らせのついでに、チラシ用の画像も作ってもらえますか", "minutes": "1.5h"}


@dataclass(frozen=True)
class Card:
    """`key` is who opens `href`."""

    kind: str
    key: str
    href: str
    label: str
    title: str
    text: str

    @classmethod
    def of(
        cls,
        customer: Customer,
        *,
        kind: str,
        key: str,
        label: str,
        text: str,
        page: str = "file",
        query: str = "",
    ) -> "Card":
        """One that leads to a page of the customer, by its name."""
        href = reverse(f"customers:{page}", args=[customer.pk]) + query
        return cls(kind=kind, key=key, href=href, label=label, title=customer.name, text=text)


def log_cards() -> list[Card]:
    """Stories of the service log, each as long as its number is true."""
    customers = {
        customer.name: customer
        for customer in Customer.objects.filter(name__in=[HIKARI, YAMATO, GINREI, KONAN])
    }
    makers = {HIKARI: (_phone, _too_much), YAMATO: (_our_own,), GINREI: (_gift,), KONAN: (_bets,)}
    found = [make(customers[name]) for name in makers if name in customers for make in makers[name]]
    found.insert(2, board())
    return [card for card in found if card is not None]


def _phone(customer: Customer) -> Card | None:
    return Card(
        kind="phone",
        key="tamura",
        href=f"{reverse('customers:scope')}?{urlencode({'customer': customer.pk, **ASKED})}",
        label=_("The phone rings"),
        title=_("“Could you just …?”"),
        text=_("%(customer)s asks for something: in scope or not, in ten seconds")
        % {"customer": customer.name},
    )


def _too_much(customer: Customer) -> Card | None:
    """The last closed month, and what was given for nothing in all."""
    this_month = first_of_month(today())
    used = _minutes(customer, day__gte=add_months(this_month, -1), day__lt=this_month)
    term = ScopeTerm.objects.filter(
        revision__contract__customer=customer, kind=ScopeTerm.Kind.HOURS
    ).first()
    if term is None or not used:
        return None
    given = Favor.objects.filter(activity__customer=customer, withdrawn_at=None).aggregate(
        sum=Sum("usual_price", default=Decimal(0))
    )["sum"]
    return Card.of(
        customer,
        kind="too_much",
        key="watanabe",
        label=_("Gets too much"),
        text=_("%(used)s of %(included)s h last month; %(given)s given for nothing")
        % {
            "used": _hours(used),
            "included": _hours(term.amount or 0),
            "given": formats.money(given, "yen"),
        },
    )


def board() -> Card | None:
    """Everybody who gets more or less than was agreed."""
    flagged = Finding.objects.open().values("customer").distinct().count()
    if not flagged:
        return None
    return Card(
        kind="board",
        key="mori",
        href=reverse("tiering:findings"),
        label=_("Over & under"),
        title=_("More or less than agreed"),
        text=_("%(customers)s customers: who, why, and what to do") % {"customers": flagged},
    )


def _our_own(customer: Customer) -> Card | None:
    minutes = _minutes(customer, cause=Activity.Cause.OWN_REASON, day__iso_week_day=SUNDAY)
    if not minutes:
        return None
    return Card.of(
        customer,
        kind="own_reason",
        key="mori",
        page="log",
        query=f"?cause={Activity.Cause.OWN_REASON}",
        label=_("Our own mistake"),
        text=_("%(hours)s h on a Sunday, and none of it counts against the customer")
        % {"hours": _hours(minutes)},
    )


def _gift(customer: Customer) -> Card | None:
    minutes = _minutes(customer, favor__from_budget=True, favor__withdrawn_at=None)
    if not minutes:
        return None
    return Card.of(
        customer,
        kind="delight",
        page="goodwill",
        key="watanabe",
        label=_("Well spent goodwill"),
        text=_("%(hours)s h before anybody asked, and an order after it")
        % {"hours": _hours(minutes)},
    )


def _bets(customer: Customer) -> Card | None:
    investments = Investment.objects.filter(customer=customer)
    paid_back = investments.filter(state=Investment.State.PAID_BACK).first()
    overdue = investments.overdue(today()).first()
    if paid_back is None or overdue is None:
        return None
    return Card.of(
        customer,
        kind="investments",
        page="investments",
        key="sato",
        label=_("Two investments"),
        text=_("One paid back its %(hours)s h, one waits for a verdict since %(day)s")
        % {
            "hours": _hours(_minutes(customer, investment=paid_back)),
            "day": formats.short_day(overdue.review_on),
        },
    )


def _minutes(customer: Customer, **conditions: object) -> int:
    entries = Activity.objects.live().filter(customer=customer, **conditions)
    return int(entries.aggregate(sum=Sum("minutes", default=0))["sum"])


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.1f}"
