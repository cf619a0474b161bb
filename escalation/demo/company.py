"""青葉みらいデジタル株式会社: its departments, people, posts, days off and cost rates."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from firm.business_time import Hours, Week
from firm.roles import Role

NAME = "青葉みらいデジタル株式会社（架空）"

MANAGEMENT = "経営"
SALES = "営業部"
SALES_1 = "営業部/第一課"
SALES_2 = "営業部/第二課"
DELIVERY = "制作・運用部"
OPERATIONS = "制作・運用部/運用課"
SUPPORT = "カスタマーサポート部"
DEPARTMENTS = (MANAGEMENT, SALES, SALES_1, SALES_2, DELIVERY, OPERATIONS, SUPPORT)


@dataclass(frozen=True)
class DemoPost:
    department: str  # its path
    role: Role
    title: str


@dataclass(frozen=True)
class DemoPerson:
    """`key` is the local part of the address and the name other modules use."""

    key: str
    name: str
    name_kana: str
    grade: str
    posts: tuple[DemoPost, ...]

    @property
    def email(self) -> str:
        return f"{self.key}@example.jp"


PEOPLE = (
    DemoPerson(
        "mori", "森 恵子", "モリ ケイコ", "役員",
        (DemoPost(MANAGEMENT, Role.EXECUTIVE, "取締役"),),
    ),
    DemoPerson(
        "takahashi", "高橋 誠", "タカハシ マコト", "課長",
        (DemoPost(MANAGEMENT, Role.ADMINISTRATOR, "経営企画"),),
    ),
    DemoPerson(
        "ishii", "石井 亮", "イシイ リョウ", "課長",
        (DemoPost(MANAGEMENT, Role.AUDITOR, "監査"),),
    ),
    # Looks after a few accounts of the section whose manager's post is vacant.
    DemoPerson(
        "watanabe", "渡辺 隆", "ワタナベ タカシ", "部長",
        (
            DemoPost(SALES, Role.DEPARTMENT_HEAD, "営業部長"),
            DemoPost(SALES_2, Role.ACCOUNT_MANAGER, "主担当（兼務）"),
        ),
    ),
    DemoPerson(
        "nakamura", "中村 直樹", "ナカムラ ナオキ", "課長",
        (DemoPost(SALES_1, Role.SECTION_MANAGER, "第一課長"),),
    ),
    DemoPerson(
        "sato", "佐藤 美咲", "サトウ ミサキ", "主任",
        (DemoPost(SALES_1, Role.ACCOUNT_MANAGER, "主担当"),),
    ),
    DemoPerson(
        "kobayashi", "小林 健太", "コバヤシ ケンタ", "一般",
        (DemoPost(SALES_1, Role.ACCOUNT_MANAGER, "主担当"),),
    ),
    DemoPerson(
        "ito", "伊藤 彩", "イトウ アヤ", "一般",
        (DemoPost(SALES_2, Role.ACCOUNT_MANAGER, "主担当"),),
    ),
    DemoPerson(
        "kato", "加藤 慎一", "カトウ シンイチ", "部長",
        (DemoPost(DELIVERY, Role.DEPARTMENT_HEAD, "制作・運用部長"),),
    ),
    DemoPerson(
        "yoshida", "吉田 由美", "ヨシダ ユミ", "課長",
        (DemoPost(OPERATIONS, Role.SECTION_MANAGER, "運用課長"),),
    ),
    DemoPerson(
        "yamamoto", "山本 翔", "ヤマモト ショウ", "主任",
        (DemoPost(OPERATIONS, Role.ACCOUNT_MANAGER, "主任"),),
    ),
    DemoPerson(
        "matsumoto", "松本 玲奈", "マツモト レナ", "課長",
        (
            DemoPost(SUPPORT, Role.SECTION_MANAGER, "サポート課長"),
            DemoPost(SUPPORT, Role.COMPLIANCE, "相談窓口"),
        ),
    ),
    DemoPerson(
        "tamura", "田村 陽子", "タムラ ヨウコ", "一般",
        (DemoPost(SUPPORT, Role.BACK_OFFICE, "営業事務"),),
    ),
)  # fmt: skip

# The manager of the first section gave this one back some months ago.
LEFT_BY = "nakamura"
VACANT_POSTS = (DemoPost(SALES_2, Role.SECTION_MANAGER, "第二課長"),)

# One log-in per role, in the order of the first screen.
LOGINS = (
    ("sato", Role.ACCOUNT_MANAGER),
    ("nakamura", Role.SECTION_MANAGER),
    ("watanabe", Role.DEPARTMENT_HEAD),
    ("takahashi", Role.ADMINISTRATOR),
    ("mori", Role.EXECUTIVE),
    ("tamura", Role.BACK_OFFICE),
    ("matsumoto", Role.COMPLIANCE),
    ("ishii", Role.AUDITOR),
)

BILL_RATE = 12_000  # yen an hour, to customers
# Yen an hour: pay alone, and with overhead.
COST_RATES = {
    "役員": (Decimal(9500), Decimal(14100)),
    "部長": (Decimal(8000), Decimal(11850)),
    "課長": (Decimal(7000), Decimal(10400)),
    "主任": (Decimal(6000), Decimal(8900)),
    "一般": (Decimal(5000), Decimal(7400)),
}

_SUMMER = tuple((8, day) for day in (13, 14, 15))
_NEW_YEAR = tuple([(12, day) for day in (29, 30, 31)] + [(1, day) for day in (1, 2, 3)])

# Work calendars besides the office's 09:00 to 18:00: hours, and whether days off are kept.
CALENDARS = {
    "サポート窓口": (Week(hours=((Hours(10 * 60, 18 * 60),),) * 5 + ((), ())), True),
    "障害受付（24時間365日）": (Week(hours=((Hours(0, 24 * 60),),) * 7), False),
}


def person(key: str) -> DemoPerson:
    return next(person for person in PEOPLE if person.key == key)


def company_days(since: datetime.date, until: datetime.date) -> dict[datetime.date, str]:
    """Days the firm takes off besides weekends and national holidays, in `[since, until)`."""
    named = dict.fromkeys(_SUMMER, "夏季休業") | dict.fromkeys(_NEW_YEAR, "年末年始休業")
    days = {
        datetime.date(year, month, day): name
        for year in range(since.year, until.year + 1)
        for (month, day), name in named.items()
    }
    return {day: days[day] for day in sorted(days) if since <= day < until}
