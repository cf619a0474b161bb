"""What is given without being paid, and what customers want to reach."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "goodwill",
        _("Goodwill work"),
        [
            _(
                "Mark an entry of the service log as goodwill work and say why. The usual price"
                " is proposed: the minutes at the contract's price of an hour beyond, else at the"
                " firm's list price, which the back office sets under List price. It follows when"
                " the minutes are corrected, unless another price was given."
            ),
            _(
                "The customer's page sums it up by period and month and shows what is becoming"
                " expected: the same category three times in three months. “For the customer”"
                " prints what was done and what it would have cost, without our reasons; the"
                " sheet of what's included has the sum of the last six months, of all of it,"
                " whether the customer knew or not. The list of all customers goes by their"
                " names and ranks nobody."
            ),
            _(
                "Minutes out of the goodwill budget do not count against the contract's hours;"
                " they use up the tier's budget. Noted by hand and logged on the same day they"
                " count once. While the screen is shared none of this is shown."
            ),
        ],
        "無料 サービス タダ おまけ 値引き 値引 無償 当たり前化 特別対応枠 標準単価 単価 時間単価"
        " free gift discount freebie hourly rate list price",
        "customers:goodwill-list",
    ),
    Section(
        "investments",
        _("Investments"),
        [
            _(
                "Unpaid work on purpose is begun as an investment: what is expected of it, at"
                " most how many hours, who answers for it, and a review within twelve months."
                " Entries with the cause Investment choose one; what is logged beyond the cap"
                " counts against the contract, and so does all of an entry that chooses none:"
                " nothing bounds it."
            ),
            _(
                "At the review it gets its verdict: paid back, stopped, or extended until a new"
                " date. Its owner is told on the day, the manager five business days later. As"
                " long as a verdict is missing, no further investment begins for that customer."
            ),
        ],
        "先行投資 投資 見込み 先行 回収 判定 見直し invest review verdict payback",
        "customers:investment-list",
    ),
    Section(
        "goals",
        _("Goals"),
        [
            _(
                "A goal says what a customer wants to reach with us: the purpose, a measure, where"
                " it began, the target and where it stands, with whom of them it was agreed and"
                " when it is looked at again. What it said before stays in its history."
            ),
            _(
                "“Goals to look after” lists customers of the two top tiers, ranks 1 and 2, without"
                " a goal that was agreed within six months, and goals whose review has passed."
            ),
        ],
        "目的 目標 ゴール KPI 指標 合意 purpose target measure agreed",
        "customers:goal-list",
    ),
]
