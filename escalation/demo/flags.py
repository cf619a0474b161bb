"""What the demo's people have done about flags; the firm has looked for them for a year."""

import contextlib
import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from escalation.demo import company
from escalation.demo.stories import GRANBELL, HIKARI, STORIES
from firm.business_time import ONE_DAY
from firm.calendar import is_business_day
from firm.dates import add_months, firm_date, firm_zone
from firm.models import AuditEvent, User
from firm.refusals import Refused
from firm.superiors import manager_of
from tiering import actions
from tiering.models import Finding, FindingKind

# The firsts of these many months up to the last one are looked at on their own.
NIGHTS = 3
AT = datetime.time(10)
Kind, State, Resolution = FindingKind, Finding.State, Finding.Resolution
ACKNOWLEDGED, STARTED, RESOLVED, ACCEPTED = (
    State.ACKNOWLEDGED, State.IN_PROGRESS, State.RESOLVED, State.ACCEPTED,
)  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """So many days after one of the nights (0 the first of NIGHTS), or on the next business day,
    somebody did this about a flag: that of a story's customer, or of its kind, the stories apart,
    the one at this place, from 0 on by the day it was opened and the customer's code.
    """

    night: int
    days: int
    kind: FindingKind
    whose: int | str
    state: Finding.State
    reason: str = ""
    resolution: str = ""
    days_accepted: int = 0


DEEDS = (
    Deed(0, 4, Kind.HOURS, 1, ACKNOWLEDGED),
    Deed(0, 5, Kind.HOURS, 2, STARTED, "作業の一覧をお見せして、範囲の見直しを提案している"),
    Deed(0, 6, Kind.HOURS, GRANBELL, STARTED,
         "ご依頼が月ごとに増えている。定例で範囲と料金を説明し、合意した分だけを受ける"),
    Deed(0, 6, Kind.HOURS, 4, RESOLVED, "超過した分を追加で請求した", Resolution.BILLED),
    Deed(0, 7, Kind.HOURS, 5, ACCEPTED, "サイトの移転が終わるまで。移転の時間は見積もり済み",
         days_accepted=150),
    Deed(0, 7, Kind.HOURS, 8, ACCEPTED, "先方の担当交代が落ち着くまでの1か月", days_accepted=30),
    Deed(0, 8, Kind.AFTER_HOURS, 1, RESOLVED, "夜のご連絡には翌朝まとめて返すことにした",
         Resolution.PROCESS_FIXED),
    Deed(0, 8, Kind.NORM_FORMING, HIKARI, ACKNOWLEDGED, "小さな作業の扱いを部長と相談する"),
    Deed(0, 9, Kind.UNUSED_HOURS, 1, STARTED, "余っている時間で、月に一度の改善提案を始める"),
    Deed(1, 4, Kind.HOURS, 3, ACKNOWLEDGED),
    Deed(1, 5, Kind.HOURS, 6, RESOLVED, "今月から月の時間を増やす契約に改めた", Resolution.AMENDED),
    Deed(1, 6, Kind.GOODWILL, 1, STARTED, "次の定例で、ここまでを無償でお受けしたことを伝える"),
    Deed(1, 7, Kind.UNUSED_HOURS, 2, ACCEPTED, "先方の繁忙期。落ち着いてからまとめて使う合意がある",
         days_accepted=120),
    Deed(2, 2, Kind.HOURS, 7, ACKNOWLEDGED),
    Deed(2, 2, Kind.HOURS, 10, STARTED, "範囲の読み合わせをする日を先方と決めた"),
    Deed(2, 3, Kind.HOURS, 11, ACCEPTED, "決算期だけの増加。来月の実績を見て改定を提案する",
         days_accepted=90),
    Deed(2, 3, Kind.COUNTS, 1, RESOLVED, "回数を超えた分を追加で請求した", Resolution.BILLED),
    Deed(2, 4, Kind.GOODWILL, 2, ACKNOWLEDGED),
    Deed(2, 4, Kind.UNUSED_HOURS, 3, ACKNOWLEDGED),
    Deed(2, 4, Kind.CONTACT_INTERVAL, 0, STARTED, "来週の訪問を約束した"),
)  # fmt: skip


def nights(last: datetime.date) -> list[datetime.date]:
    """The nights looked at one by one, the last one last."""
    return [add_months(last, number + 1 - NIGHTS) for number in range(NIGHTS)]


@transaction.atomic
def act(*, night: int, on: datetime.date, now: datetime.datetime) -> None:
    """What was done after this of the nights, which was that of `on`; left out where it is there
    already.
    """
    if AuditEvent.objects.filter(subject_kind="finding", at__gt=_at(on)).exists():
        return
    for deed in DEEDS:
        finding = _flag_of(deed)
        if deed.night == night and finding is not None:
            _do(deed, finding, now=min(now, _at(_working(on + deed.days * ONE_DAY))))


def _flag_of(deed: Deed) -> Finding | None:
    rows = Finding.objects.filter(kind=deed.kind).select_related("customer__owner")
    if isinstance(deed.whose, str):
        return rows.filter(customer__name=deed.whose).first()
    others = rows.exclude(customer__name__in=[story.name for story in STORIES])
    ordered = others.order_by("opened_on", "customer__code")
    return ordered[deed.whose : deed.whose + 1].first()


def _do(deed: Deed, finding: Finding, *, now: datetime.datetime) -> None:
    """By the account manager; accepted by the one above."""
    owner = finding.customer.owner
    assert owner is not None  # the generator gives everyone an owner
    who: dict[str, Any] = {
        "finding": finding,
        "version": finding.version,
        "reason": deed.reason,
        "by": owner,
        "now": now,
    }
    # What a night has closed since is left as it is.
    with contextlib.suppress(Refused):
        if deed.state == ACKNOWLEDGED:
            actions.acknowledge_flag(**who)
        elif deed.state == STARTED:
            actions.start_flag(**who)
        elif deed.state == RESOLVED:
            actions.resolve_flag(**who, resolution=deed.resolution)
        else:
            until = firm_date(now) + deed.days_accepted * ONE_DAY
            actions.accept_flag(**who | {"by": _above(owner, on=firm_date(now))}, until=until)


def _above(owner: User, *, on: datetime.date) -> User:
    """The heads of departments have the executive above them."""
    executive = User.objects.filter(email=company.person("mori").email)
    return manager_of(owner, on=on) or executive.get()


def _working(day: datetime.date) -> datetime.date:
    while not is_business_day(day):
        day += ONE_DAY
    return day


def _at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, AT, firm_zone())
