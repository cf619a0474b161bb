"""Entries of stories 2, 8, 9 and 12, written by hand: what a visitor is to find in the files."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle

from customers.models import Activity, Channel
from escalation.demo.contracts import DemoContract
from escalation.demo.entries import STEP, Cause, DemoEntry, DemoFavor, Kind, Span
from escalation.demo.stories import GINREI, HIKARI, KONAN, MIZUHO, SHOFU, TOKIWA, YAMATO

SUNDAY = 6
OUT = Activity.Direction.OUT
# Customers with no other entries than those of their story.
TOLD_IN_FULL = frozenset({HIKARI})
# Story 12 is told beside story 2: here nothing was too much.
WITHIN_BOUNDS = frozenset({YAMATO})
GIVEN_BY_STORY = 2  # entries out of a goodwill budget

# Story 9 and its neighbours, by title: the entries of an investment stand with it.
STOCK, BOARDS, TABLETS, BOOKING, GIFTS, LANGUAGES = (
    "在庫照会の試作",
    "倉庫別の集計画面の試作",
    "現場用タブレット画面の試作",
    "予約導線の検証",
    "贈答用カタログの試作",
    "多言語の予約案内の試作",
)


def planted(agreed: Mapping[str, DemoContract], span: Span) -> list[DemoEntry]:
    """`agreed` by the customers' names."""
    return [
        *_gets_too_much(agreed[HIKARI], span),
        *_well_looked_after(agreed[GINREI], span),
        *_invested(agreed, span),
        *_our_own_fault(agreed[YAMATO], span),
    ]


# Story 2. Minutes of a whole month, the last month first: 14.5 hours for 30,000 yen.
MONTHS_OF_HIKARI = (870, 870, 870, 720, 540, 360, 300)
OFFICE_DAYS_A_MONTH = 20
FREE_MINUTES = 915  # given for nothing in six months: 198,250 yen by the contract's price
ASKED_AT_NIGHT, BY_THE_WAY, AGREED = "night", "by the way", "agreed"


@dataclass(frozen=True)
class Habit:
    """What happens again and again at ひかり堂."""

    what: str
    minutes: int
    note: str


HABITS = (
    Habit(ASKED_AT_NIGHT, 30, "個人のLINEに22時ごろ写真。返信して差し替えの段取りを説明"),
    Habit(BY_THE_WAY, 75, "「ついでに」チラシ用の画像も作成"),
    Habit(AGREED, 45, "お知らせの差し替え"),
    Habit(BY_THE_WAY, 60, "「ついでに」SNSの投稿文を用意"),
    Habit(ASKED_AT_NIGHT, 45, "22時すぎに個人のLINEで明日の告知の相談。文案を返信"),
    Habit(BY_THE_WAY, 90, "バナーを「ちょっと」とのことで作成、3回の修正"),
    Habit(AGREED, 30, "商品写真の入れ替え"),
    Habit(ASKED_AT_NIGHT, 30, "夜の返信を待っているとのことで、22時に回答"),
    Habit(BY_THE_WAY, 60, "店頭POPの文字直しも一緒に"),
)
BY_THE_WAY_FAVOR = DemoFavor("いつもお受けしているので断りにくく", "ついでの作業", False)


def _gets_too_much(agreed: DemoContract, span: Span) -> Iterator[DemoEntry]:
    """The latest first, so that what is given for nothing stands in the last months."""
    free = FREE_MINUTES
    habits = cycle(HABITS)
    months = span.months().values()
    for back, (whole, days) in enumerate(zip(MONTHS_OF_HIKARI, months, strict=False)):
        is_whole = 0 < back < len(months) - 1
        part = 1 if is_whole else min(1, len(days) / OFFICE_DAYS_A_MONTH)
        left = round(whole * part / STEP) * STEP
        month = list(_of_month(left, habits))
        for place, habit in enumerate(month):
            entry = _habitual(agreed, habit, days[place * len(days) // len(month)], span)
            if habit.what == BY_THE_WAY and free > 0:
                entry.minutes = min(entry.minutes, free) if free < STEP * 2 else entry.minutes
                entry.favor, free = BY_THE_WAY_FAVOR, free - entry.minutes
            yield entry


def _of_month(minutes: int, habits: Iterator[Habit]) -> Iterator[Habit]:
    while minutes > 0:
        habit = next(habits)
        length = min(minutes, habit.minutes)
        minutes -= length
        yield Habit(habit.what, length, habit.note)


def _habitual(agreed: DemoContract, habit: Habit, day: datetime.date, span: Span) -> DemoEntry:
    entry = DemoEntry(agreed, day, habit.minutes, habit.note, contact=0, planted=True)
    entry.staff = agreed.customer.owner
    if habit.what == ASKED_AT_NIGHT:
        entry.kind, entry.direction, entry.cause = Kind.CONTACT, OUT, Cause.CUSTOMER_WISH
        entry.channel, entry.start = Channel.PRIVATE_CHAT, 22 * 60
    elif habit.what == BY_THE_WAY:
        entry.cause = Cause.CUSTOMER_WISH
    else:
        entry.channel, entry.work_item = Channel.MAIL, "軽微な修正"
    return entry


def _well_looked_after(agreed: DemoContract, span: Span) -> Iterator[DemoEntry]:
    """Story 8: the budget is used before anybody asks, and what comes of it."""
    owner = agreed.customer.owner

    def entry(back: int, minutes: int, note: str, **values: object) -> DemoEntry:
        return DemoEntry(
            agreed,
            span.back(back),
            minutes,
            note,
            staff=owner,
            planted=True,
            **values,  # type: ignore[arg-type]
        )

    speed = DemoFavor("ご要望の前に、予約が離れる原因を先に直す", "先回りの改善", True, True)
    yield entry(
        14,
        120,
        "予約ページの表示速度を改善（ご要望の前に対応）",
        cause=Cause.CUSTOMER_WISH,
        favor=speed,
    )
    yield entry(
        13, 90, "表示速度の改善の続き。4.8秒から1.9秒に", cause=Cause.CUSTOMER_WISH, favor=speed
    )
    yield entry(
        11,
        30,
        "改善の前後の数字をご報告。「言う前に直っていた」とお言葉をいただく",
        kind=Kind.CONTACT,
        direction=OUT,
        channel=Channel.MAIL,
        contact=1,
    )
    yield entry(7, 90, "予約ページの改修を提案", kind=Kind.PROPOSAL, cause=Cause.SALES, contact=0)
    yield entry(
        3,
        60,
        "改修240万円をご発注。アンケートは10点",
        kind=Kind.MEETING,
        cause=Cause.SALES,
        contact=0,
    )


@dataclass(frozen=True)
class DemoInvestment:
    """Days are office days back from the last one; `judged` the verdict's, None while it runs.
    `worked` are the days, minutes and notes of its entries.
    """

    customer: str
    title: str
    expectation: str
    expected_return: int
    cap_hours: int
    opened: int
    review: int  # negative: calendar days ahead
    worked: tuple[tuple[int, int, str], ...]
    judged: int | None = None
    has_paid_back: bool = False
    verdict: str = ""


def _worked(first: int, hours: float, notes: tuple[str, ...]) -> tuple[tuple[int, int, str], ...]:
    """Entries of three hours, every second day from `first` on, until the hours are done."""
    minutes = round(hours * 60)
    lengths = [180] * (minutes // 180) + ([minutes % 180] if minutes % 180 else [])
    return tuple(
        (first - 2 * place, length, notes[place * len(notes) // len(lengths)])
        for place, length in enumerate(lengths)
    )


INVESTMENTS = (
    DemoInvestment(
        KONAN, STOCK, "現場で使ってもらい、年間保守の追加契約につなげる", 960_000, 30, 112, 60,
        _worked(110, 30, ("在庫照会の画面を試作", "倉庫で試用、表示を直した", "結果のまとめ")),
        58, True, "現場で定着。月8万円の追加保守をご契約、30時間を半年で回収",
    ),
    DemoInvestment(
        KONAN, BOARDS, "集計が毎朝見られれば、全倉庫への展開を決めてもらえる", 1_200_000, 20, 48, 9,
        _worked(46, 12, ("倉庫別の集計画面を試作", "2つの倉庫で試用を開始")),
    ),
    DemoInvestment(
        TOKIWA, TABLETS, "現場の入力が変われば、工場2か所の案件になる", 2_000_000, 24, 40, -25,
        _worked(38, 9, ("現場の動きを観察し、画面の下書き", "タブレットで操作できる試作")),
    ),
    DemoInvestment(
        MIZUHO, BOOKING, "予約の途中離脱が半分になれば改修を提案できる", 800_000, 16, 96, 70,
        _worked(94, 10.5, ("予約の途中離脱を計測", "入力項目を減らした案を検証")),
        68, False, "離脱の原因は院内の運用と分かった。これ以上は広がらないため終了",
    ),
    DemoInvestment(
        SHOFU, GIFTS, "十年変わらない紙面に新しい提案を出し、次の改訂を任せてもらう",
        700_000, 20, 22, -40,
        _worked(20, 6, ("贈答用カタログの構成案",)),
    ),
    DemoInvestment(
        GINREI, LANGUAGES, "海外のお客様の予約が月20件増えれば本契約",
        1_500_000, 16, 85, 30,
        _worked(83, 13.5, ("英語と中国語の案内を試作", "問い合わせの内容を分類")),
        28, True, "月26件の予約。次の年度から本契約",
    ),
)  # fmt: skip


def _invested(agreed: Mapping[str, DemoContract], span: Span) -> Iterator[DemoEntry]:
    for investment in INVESTMENTS:
        contract = agreed[investment.customer]
        for back, minutes, note in investment.worked:
            yield DemoEntry(
                contract, span.back(back), minutes, note, cause=Cause.INVESTMENT,
                investment=investment.title, staff=contract.customer.owner, planted=True,
            )  # fmt: skip


def _our_own_fault(agreed: DemoContract, span: Span) -> Iterator[DemoEntry]:
    """Story 12: six hours on a Sunday, and none of them counts against the customer."""
    sunday = max(day for day in span.off if day.weekday() == SUNDAY and day <= span.back(12))
    next_days = [day for day in span.office if day > sunday]
    owner = agreed.customer.owner

    def entry(day: datetime.date, minutes: int, note: str, **values: object) -> DemoEntry:
        return DemoEntry(
            agreed,
            day,
            minutes,
            note,
            cause=Cause.OWN_REASON,
            staff=owner,
            planted=True,
            **values,  # type: ignore[arg-type]
        )

    yield entry(
        sunday,
        180,
        "日曜8時、注文画面が開かない。土曜夜の当社のリリースが原因。前の版に戻して11時に復旧",
        start=8 * 60,
    )
    yield entry(sunday, 120, "止まっていた間の注文を照合し、もれがないことを確認", start=13 * 60)
    yield entry(
        sunday,
        60,
        "先方のご担当へ経過と原因を電話で説明",
        kind=Kind.CONTACT,
        direction=OUT,
        channel=Channel.PHONE,
        contact=0,
        start=15 * 60,
    )
    yield entry(
        next_days[0],
        60,
        "障害報告書をお渡し。土日の前のリリースをやめる手順に変更",
        kind=Kind.MEETING,
        contact=0,
    )
    yield entry(
        next_days[3],
        30,
        "再発防止の確認。対応の満足度は5をいただく",
        kind=Kind.CONTACT,
        direction=OUT,
        channel=Channel.MAIL,
        contact=1,
    )
