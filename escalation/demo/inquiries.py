"""What customers asked for in the six months, and what became of it: the scope checks that the
account managers kept. The verdicts are not written here, they come from the contracts.
"""

import datetime
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from customers.actions import PastCheck
from customers.models import Channel, Contact, Customer, ScopeInquiry
from escalation.demo import SEED
from escalation.demo.contracts import DemoContract
from escalation.demo.entries import Span
from escalation.demo.stories import HIKARI
from firm.dates import firm_zone

NUMBER, OF_HIKARI = 100, 6
MOSTLY_SETTLED_AFTER = 15  # office days
Verdict, Outcome = ScopeInquiry.Verdict, ScopeInquiry.Outcome
# What account managers do about an answer, by its likelihood.
OUTCOMES: Mapping[str, Mapping[str, float]] = {
    Verdict.IN_SCOPE: {Outcome.LOGGED: 0.94, Outcome.OPEN: 0.06},
    Verdict.NEEDS_APPROVAL: {
        Outcome.DECLINED: 0.4, Outcome.LOGGED: 0.35, Outcome.GOODWILL: 0.2, Outcome.OPEN: 0.05,
    },
    Verdict.OUT_OF_SCOPE: {
        Outcome.DECLINED: 0.42, Outcome.GOODWILL: 0.3, Outcome.LOGGED: 0.22, Outcome.OPEN: 0.06,
    },
    Verdict.UNKNOWN: {Outcome.LOGGED: 0.6, Outcome.OPEN: 0.4},
}  # fmt: skip


@dataclass(frozen=True)
class Wish:
    """In the customer's words. `at` is the minute of the day it is wanted for, on a day off or on
    the day itself; None where nobody said.
    """

    words: str
    minutes: int
    channel: str = Channel.MAIL
    at: int | None = None
    on_day_off: bool = False


WISHES = (
    Wish("お知らせを1件、今日中に載せていただけますか", 30),
    Wish("会社概要の代表者名の文言を直してください", 15),
    Wish("商品写真を3枚、差し替えていただけますか", 45),
    Wish("募集要項の文言を来月分に変更してください", 30, Channel.TICKET),
    Wish("表示が崩れているページの文字を直してほしいです", 45, Channel.TICKET),
    Wish("先月よりアクセスが減った理由を教えてください", 60),
    Wish("フォームの通知先を1人増やしてください", 30),
    Wish("新しいキャンペーンページを1ページ追加していただけますか", 240),
    Wish("英語のページを新しく作れますか", 480),
    Wish("トップのレイアウトを変えたいです", 180),
    Wish("バナーを2種類、作ってもらえますか", 120),
    Wish("展示会用に、印刷できるデータをいただけますか", 90),
    Wish("社内説明用の資料づくりを手伝ってもらえますか", 120, Channel.PHONE),
    Wish("フォームの回答を部署別に出していただけますか", 60),
    Wish("他社さんが作ったページの不具合も見てもらえますか", 90, Channel.PHONE),
    Wish("打ち合わせをもう1回、今月中にお願いできますか", 60, Channel.PHONE),
    Wish("操作方法をもう一度、新任の者に教えてもらえますか", 60, Channel.PHONE),
    Wish("デザイン案をもう1案見たいのですが", 180),
    Wish("夜のうちに写真を差し替えておいていただけますか", 60, Channel.PHONE, 20 * 60),
    Wish("閉店後の22時に切り替えをお願いできますか", 60, Channel.MAIL, 22 * 60),
    Wish("日曜のイベントに合わせて公開していただけますか", 60, Channel.MAIL, 9 * 60, True),
    Wish("休日のセール開始に立ち会ってもらえますか", 180, Channel.PHONE, 10 * 60, True),
)
OF_STORY = (
    Wish("LINEで失礼します。写真を明日までにお願いできますか", 30, Channel.PRIVATE_CHAT, 22 * 60),
    Wish("お知らせのついでに、チラシ用の画像も作ってもらえますか", 90, Channel.PRIVATE_CHAT),
    Wish("ついでにSNSの投稿文も考えてもらえますか", 60, Channel.PRIVATE_CHAT),
)


def generate_inquiries(
    agreed: Sequence[DemoContract],
    span: Span,
    *,
    customers: Mapping[str, Customer],
    contacts: Mapping[int, Sequence[Contact]],
) -> Iterator[PastCheck]:
    """By day. `customers` by code, `contacts` by customer."""
    chance = random.Random(f"{SEED} inquiries")
    (hikari,) = (one for one in agreed if one.customer.name == HIKARI)
    others = [one for one in agreed if one is not hikari]
    of_story = [(hikari, OF_STORY[n % len(OF_STORY)]) for n in range(OF_HIKARI)]
    usual = [(chance.choice(others), chance.choice(WISHES)) for _ in range(NUMBER - OF_HIKARI)]
    dated = [
        (chance.choice(days), contract, wish)
        for contract, wish in [*of_story, *usual]
        if (days := span.served(contract.customer)[:-1])
    ]
    for day, contract, wish in sorted(dated, key=lambda one: one[0]):
        customer = customers[contract.customer.code]
        assert customer.owner is not None  # the generator gives everyone an owner
        yield PastCheck(
            customer=customer,
            request=wish.words,
            channel=wish.channel,
            minutes=wish.minutes,
            starts_at=_wanted_for(day, wish, span),
            contact=chance.choice(contacts[customer.pk]),
            outcomes=_outcomes(chance, is_old=day < span.back(MOSTLY_SETTLED_AFTER)),
            by=customer.owner,
            at=_at(day, chance.randrange(9 * 60 + 15, 17 * 60 + 45)),
            settled_at=_at(day, chance.randrange(17 * 60 + 50, 18 * 60 + 30)),
        )


def _wanted_for(day: datetime.date, wish: Wish, span: Span) -> datetime.datetime | None:
    if wish.at is None:
        return None
    ahead = [off for off in span.off if off > day]
    return _at(ahead[0] if wish.on_day_off and ahead else day, wish.at)


def _outcomes(chance: random.Random, *, is_old: bool) -> dict[str, str]:
    """By verdict. What is old has been settled."""
    found = {}
    for verdict, likely in OUTCOMES.items():
        left = {one: share for one, share in likely.items() if not (is_old and one == Outcome.OPEN)}
        found[verdict] = chance.choices(list(left), weights=list(left.values()))[0]
    return found


def _at(day: datetime.date, minute: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(minute // 60, minute % 60), firm_zone())
