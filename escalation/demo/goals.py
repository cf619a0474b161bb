"""What the customers want to reach with us: all of the two upper tiers, most of the third, some
of the others.
"""

import datetime
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from escalation.demo import SEED, names
from escalation.demo.customers import DemoCustomer
from escalation.demo.entries import Span

# The last place by revenue, and the part of the customers up to it who have told us a goal.
SHARES = ((14, 1.0), (42, 0.7), (120, 0.25))


@dataclass(frozen=True)
class Aim:
    purpose: str
    measure: str
    baseline: str
    target: str
    current: str


AIMS: dict[str, tuple[Aim, ...]] = {
    names.MANUFACTURING: (
        Aim("展示会に頼らず新しい取引先と出会う", "月の引き合い", "3件", "8件", "5件"),
        Aim("若手の応募を増やす", "採用ページからの応募（月）", "1人", "4人", "2人"),
    ),
    names.HEALTH: (
        Aim("電話の予約を減らし、受付の手を空ける", "ネット予約の割合", "28%", "60%", "41%"),
        Aim("初めての方の不安を減らす", "来院前の問い合わせ電話（週）", "45件", "20件", "33件"),
    ),
    names.RETAIL: (
        Aim("季節の谷間の来店を増やす", "クーポンの利用（月）", "120枚", "300枚", "190枚"),
        Aim("常連の方に続けて来ていただく", "会員の再来店率", "34%", "45%", "38%"),
    ),
    names.PROPERTY: (
        Aim("現地見学につながる問い合わせを増やす", "見学の申し込み（月）", "9件", "20件", "13件"),
        Aim("空室の期間を短くする", "平均の空室期間", "62日", "40日", "51日"),
    ),
    names.PROFESSIONS: (
        Aim("相談前の説明を省き、面談の時間を短くする", "初回面談の時間", "75分", "45分", "60分"),
        Aim("説明会の席を埋める", "申し込み率", "55%", "85%", "64%"),
    ),
    names.PUBLIC: (
        Aim("窓口に来なくても用が済むようにする", "電子申請の割合", "18%", "40%", "25%"),
        Aim("誰にでも読めるページにする", "音声読み上げの確認済みページ", "30%", "100%", "62%"),
    ),
    names.IT: (
        Aim(
            "問い合わせの前に自分で解決していただく",
            "ヘルプの閲覧で終わる割合",
            "22%",
            "40%",
            "29%",
        ),
        Aim("資料請求を商談につなげる", "商談化率", "8%", "15%", "11%"),
    ),
}


@dataclass(frozen=True)
class DemoGoal:
    customer: DemoCustomer
    aim: Aim
    agreed_on: datetime.date
    review_on: datetime.date


def generate_goals(customers: Sequence[DemoCustomer], span: Span) -> Iterator[DemoGoal]:
    """In the order of their size. A few reviews are past, most lie ahead."""
    chance = random.Random(f"{SEED} goals")
    active = [one for one in customers if one.ended_on is None and one.started_on < span.office[0]]
    first = 1
    for last, share in SHARES:
        among = [one for one in active if first <= one.rank <= last]
        for customer in sorted(
            chance.sample(among, round(share * len(among))), key=lambda one: one.rank
        ):
            yield DemoGoal(
                customer=customer,
                aim=chance.choice(AIMS[customer.industry]),
                agreed_on=chance.choice(span.office[:-20]),
                review_on=span.t + datetime.timedelta(days=chance.randrange(-14, 120)),
            )
        first = last + 1
