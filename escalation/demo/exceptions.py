"""Story 7 and its neighbours: an override that ends soon, one that waits for its decision, a
payment stop, and two customers scored for how well they fit the strategy.
"""

import datetime

from customers.models import Customer, PaymentStop, StrategicScore
from escalation.demo import company
from escalation.demo.stories import HOKUTO, HOSHINO, MIDORI, MINAMO
from firm.business_time import ONE_DAY
from firm.dates import add_months, firm_zone
from firm.models import User
from tiering import actions
from tiering.models import Override, Tier

RUN = datetime.timedelta(days=14)
HALF_A_YEAR = 6  # months
AT = datetime.time(10)


def make(*, t: datetime.date, now: datetime.datetime) -> None:
    """`t` is the last business day; what is there already is left out."""
    if not Override.objects.exists():
        _end_soon(t)
        _wait(t)
    if not PaymentStop.objects.exists():
        actions.set_payment_stop(
            customer=_customer(MINAMO),
            reason="8月と9月の請求が未入金。入金を確認するまで掛けでの作業は止める",
            by=_person("tamura"),
            now=_at(t - 6 * ONE_DAY),
        )
    if not StrategicScore.objects.exists():
        _score(t)
    actions.warn_of_ends(now=now)


def _score(t: datetime.date) -> None:
    """By an executive, one of them with a newer score in place of an older one."""
    for name, theme, days, scores, reason in (
        (
            HOSHINO,
            "自治体強化",
            200,
            actions.Scores(4, 3, 4),
            "町の基幹サイト。近隣町への足がかりになる見込み",
        ),
        (
            HOSHINO,
            "自治体強化",
            80,
            actions.Scores(5, 4, 5),
            "近隣3町の共同調達の幹事。ここでの実績が条件になる",
        ),
        (
            MIDORI,
            "医療",
            120,
            actions.Scores(4, 5),
            "医療分野の中心に据える取引先。分院の開設が2件決まっている",
        ),
    ):
        first = t - days * ONE_DAY
        actions.score_strategic_fit(
            customer=_customer(name),
            scores=scores,
            theme=theme,
            reason=reason,
            valid_until=add_months(first, HALF_A_YEAR),
            by=_person("mori"),
            now=_at(first),
        )


def _end_soon(t: datetime.date) -> None:
    """Asked for and approved three months ago; its last day is two weeks ahead."""
    first = add_months(t, -3)
    request = actions.request_override(
        customer=_customer(HOSHINO),
        tier=Tier.objects.get(code="A"),
        starts_on=first,
        ends_on=t + RUN + ONE_DAY,
        reason="自治体強化。近隣3町の共同調達を前に、提案と打ち合わせを厚くする",
        by=_person("yamamoto"),
        now=_at(first - ONE_DAY),
    )
    actions.approve_override(
        override=request,
        note="共同調達の結果が出るまで。延長は改めて申請すること",
        by=_person("kato"),
        now=_at(first),
    )


def _wait(t: datetime.date) -> None:
    """For the head of sales to decide."""
    actions.request_override(
        customer=_customer(HOKUTO),
        tier=Tier.objects.get(code="A"),
        starts_on=t + RUN,
        ends_on=add_months(t + RUN, HALF_A_YEAR),
        reason="担当の交代で信頼が揺らいでいる。半年は部長同席の打ち合わせと早い返答で立て直したい",
        by=_person("sato"),
        now=_at(t - 2 * ONE_DAY),
    )


def _at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, AT, firm_zone())


def _customer(name: str) -> Customer:
    return Customer.objects.select_related("owner", "backup").get(name=name)


def _person(key: str) -> User:
    return User.objects.get(email=company.person(key).email)
