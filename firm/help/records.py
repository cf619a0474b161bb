"""What comes in from outside, and when a month is over."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "imports",
        _("Imports"),
        [
            _(
                "People, customers, contacts and revenue come in as CSV (UTF-8 or CP932) or xlsx."
                " Upload the file, read the preview, then apply or discard it: columns that were"
                " understood or ignored, refused lines with their reason, and what would be"
                " added, changed or dropped, with the sums."
            ),
            _(
                "A file is applied as a whole or not at all, and applying it twice changes"
                " nothing. With a period to replace, entries of that source that are missing"
                " from the new file are retired; nothing is ever deleted."
            ),
            _(
                "The service log of another tool comes in the same way, as “activities”: customer,"
                " person, start or day, minutes, and as much of the rest as the file has. Lines"
                " are told apart by their number in the source, or by what they say; an entry that"
                " somebody has corrected here stays as it is while the file doesn't change."
            ),
        ],
        "取込 取り込み インポート アップロード エクセル 文字化け 会計 freee 弥生 マネーフォワード"
        " upload excel garbled accounting timesheet activities 工数表 対応記録",
        "customers:imports",
    ),
    Section(
        "cost-rates",
        _("Cost rates"),
        [
            _(
                "What an hour costs the firm, by grade and from a day on: pay alone, and with the"
                " overhead. Only administrators and executives see and set it; nobody's own pay"
                " is in the system."
            ),
            _(
                "Work that is logged already is costed anew in the background. Closed months keep"
                " what they cost; only work that had no rate at all gets one there."
            ),
            _(
                "Work is costed by the grade that the person has when it is costed: earlier grades"
                " are not kept. Whoever changes a grade leaves what is costed already alone, until"
                " a rate of the new grade is set."
            ),
            _(
                "Many rates come in faster as a file: Imports, “Cost rates”, with grade, the day"
                " from which the rate holds, and the two amounts an hour. The preview shows each"
                " rate before and after. List prices have a file of their own."
            ),
            _(
                "Premiums say by how much an hour costs more after hours, on holidays and at"
                " night, from a day on, in percent of the rate. The night adds to the others."
                " They count by the firm's own calendar and only for work with a time of day."
            ),
        ],
        "原価 単価 等級 人件費 間接費 コスト 割増 深夜 休日 時間外"
        " cost rate grade overhead premium",
        "customers:cost-rates",
    ),
    Section(
        "months",
        _("Closed months"),
        [
            _(
                "Tiers rest on closed months only, so that a missing invoice brings no one down."
                " The back office closes a month; depending on the rules it also closes"
                " automatically. Until then the pages say that the month is not final."
            ),
            _(
                "An entry that arrives after the close makes the next night evaluate again, and"
                " undoes a downgrade that it would have prevented."
            ),
        ],
        "締め 月締め 締日 締め日 月次 確定 締まっていない closing month end final",
    ),
]
