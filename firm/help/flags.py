"""Over & under: what a flag is, what may be done about it, and who sees it."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "flags",
        _("Over & under"),
        [
            _(
                "Every night compares the service log with what is agreed. On the left stand the"
                " customers who get more than that, by loss; on the right those who get less, the"
                " highest tiers first. Behind each flag lie the sentence why, the hours by month,"
                " the causes and the entries it rests on."
            ),
            _(
                "The loss is the direct cost of the work beyond, the other amount what it would"
                " have cost at list price. They are never added, nor are amounts of several kinds:"
                " the same work can be in both. Points weigh what was not given; from 4 points on"
                " something has to be done."
            ),
            _(
                "“How it is worked out” tells the rule of every kind with its numbers. Kinds that"
                " nothing records yet say “No data” there and raise no flag."
            ),
        ],
        "過剰対応 過剰サービス 過小 超過 不足 検知 アラート 警告 フラグ 赤字 損失 機会損失"
        " over-servicing under-served alert warning flag detection loss",
        "tiering:findings",
    ),
    Section(
        "flag-moves",
        _("Dealing with a flag"),
        [
            _(
                "Acknowledge it, start on it, resolve it, each with your name. Resolving"
                " asks how: billed, contract amended, covered by a request, our process mended, our"
                " mistake, or not so. What the last night saw counts as settled from then on; the"
                " flag comes back only when what is new grows by a fifth of it. What is no longer"
                " seen resolves by itself."
            ),
            _(
                "Somebody above the account manager can accept a flag until a day, twelve months"
                " ahead at most, with a reason. After that day it opens again if a night still"
                " sees it. Flags from past data, from before the firm began, can be accepted all"
                " at once with one reason: choose them by their state on the board."
            ),
        ],
        "解消 許容 認める 期限 処理済み 既読 対応済み 一括 過去データ resolve accept settle bulk"
        " acknowledge",
        "tiering:findings",
    ),
    Section(
        "flag-readers",
        _("Who sees a flag"),
        [
            _(
                "In the first weeks flags are shown to the customer's account manager and backup"
                " alone, then to their superiors, later to everybody who has the customer's file."
                " The loss is shown to those who may see margins. While the screen is shared no"
                " flag is on any page, and no message names a customer together with an amount."
            ),
            _("A flag is about a customer and what was agreed. Nothing here ranks people."),
        ],
        "見える 閲覧 権限 公開範囲 監視 評価 visible permission privacy monitoring",
        "tiering:finding-rules",
    ),
]
