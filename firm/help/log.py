"""The service log: recording work, whether it is in the contract, and what is used of it."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "log",
        _("Service log: recording work"),
        [
            _(
                "Press l on any page, or the middle tab on the phone: customer, minutes, and one of"
                " four reasons (in the contract, the customer's wish, our own reason, another)."
                " Everything else can be left out or added later; “Again like last time” fills it"
                " in. The line below says what the entry means for the contract. It never stops"
                " you: an entry is not refused for being out of scope."
            ),
            _(
                "What is in the contract and what the customer wishes counts against the hours."
                " Our own reason, sales and internal work never do; an incident doesn't where the"
                " contract serves emergencies; an investment only beyond its cap. Work out of the"
                " goodwill budget and invoiced work don't count either."
            ),
            _(
                "Without a time of day an entry counts for hours and says nothing about work after"
                " hours, contact frequency or channels. A correction is a new version, a withdrawn"
                " entry keeps its reason; what it said before stays readable. A correction does"
                " not change the customer: below it, “Record it there instead” withdraws the entry"
                " and records it for the other one. With a question"
                " about an entry you can turn to your manager from its page."
            ),
            _(
                "A customer's log can be narrowed to entries with certain marks, such as outside"
                " support hours or out of scope: with several, an entry has at least one of them."
                " The address keeps the choice, and the export has what the list shows."
            ),
            _(
                "A form that is sent twice is recorded once, and an entry ends a “nothing this"
                " week” of its customer."
            ),
        ],
        "工数 作業記録 日報 活動 履歴 入力 ログ クイック記録 自社都合 障害 版 訂正 取り消し"
        " activity time tracking timesheet worklog record entry cause correction withdraw",
        "customers:log-week",
    ),
    Section(
        "week",
        _("Weekly grid and drafts"),
        [
            _(
                "The weekly grid has your customers as rows and the days as columns, in quarter"
                " hours. Arrow keys, Enter and Tab move, Ctrl+Enter saves; the week before can be"
                " filled in, and cells of a spreadsheet pasted. “Nothing this week” confirms that"
                " there was nothing to record."
                " Work logged in other ways is counted in and stays as it is."
            ),
            _(
                "Drafts come from a calendar file (.ics) or a file of hours. Customers are"
                " recognized by code, name or a contact's address; you tick what is recorded, and"
                " what you leave out is not proposed again. Nobody else sees your drafts."
            ),
        ],
        "週次 週報 表 工数表 カレンダー 予定 下書き 取り込み まとめて 先週 コピー"
        " timesheet calendar ics csv draft copy bulk keyboard",
        "customers:log-week",
    ),
    Section(
        "load",
        _("My records, load and logging coverage"),
        [
            _(
                "“My records” shows your own entries, your hours outside support hours, and"
                " everyone who has looked at them, once a day. Your section's manager sees the sum"
                " of the section, and one person only above ten hours a month outside support"
                " hours; colleagues see nothing. Nothing ranks people."
            ),
            _(
                "Whoever carries something alone again and again is asked whether they want to"
                " talk about it: by mail, on their first page and in “My records”. Without an"
                " answer their manager hears of it after five business days; an answer, or a"
                " colleague who works for the customer too, ends it."
            ),
            _(
                "Logging coverage is the share of customer weeks with an entry or a confirmed"
                " “nothing”: from 80% on it is fine, below 50% poor. Without a single entry there"
                " are no data, which is neither good nor bad."
            ),
        ],
        "私の記録 自分の記録 負担 残業 抱え込み 見られる 閲覧 監視 プライバシー 記録率 入力率 漏れ"
        " burden overtime privacy monitoring surveillance who sees coverage completeness",
        "customers:log-week",
    ),
    Section(
        "scope-check",
        _("Scope check"),
        [
            _(
                "Press s, choose the customer and type what is asked for, in the customer's own"
                " words; length, channel, day and time if you know them. Enter leads to the answer:"
                " it names the clause, what is left of the hours or counts, and what it would cost."
            ),
            _(
                "What is asked is compared with the contract's items and examples, whatever the"
                " spelling: correcting a typo is replacing text, one more page is a new page. The"
                " item can be chosen instead."
            ),
            _(
                "Below stand sentences to copy (1 to 4 choose one, c copies it): first one to say"
                " that you will get back, then a polite and a brief answer in Japanese and one in"
                " English. What was filled in from the contract is marked. None of them names a"
                " tier."
            ),
            _(
                "What became of it (d declined, l recorded, g given as goodwill) is noted with one"
                " key, so that the same question is not answered twice in two ways; l leads on to"
                " the quick log with everything filled in. The service policy says what we"
                " recommend in which situation, and how often each was met in six months."
            ),
        ],
        "範囲外 範囲内 断り方 断る お断り 契約外 追加料金 見積もり 例文 文例 スコープ"
        " in scope out of scope decline refuse say no price extra sentence reply template",
        "customers:scope",
    ),
    Section(
        "used",
        _("What is used of a contract"),
        [
            _(
                "The hours bar on the customer's file shows the hours used this month beside the"
                " business days gone, with a forecast for the month's end. Past the contract it"
                " turns red. Unused time is carried over as the contract says; extensions are"
                " shown beside it."
            ),
            _(
                "Counts, work after hours and on holidays, contacts of the last 7 and 28 days, and"
                " channels that no contract names stand below. Every figure opens the entries it"
                " is made of. Up to 15 minutes outside support hours on a day count as none; above"
                " it all of them count. Contacts are entries of the kind “In touch” with a time of"
                " day; meetings and work done are none, whatever channel they came through. For a"
                " channel that no contract names all of it counts; messages of one conversation on"
                " one day are one."
            ),
        ],
        "消化率 残り 残時間 着地見込み 繰り越し 時間外 休日 深夜 連絡過多 LINE 個人チャット 超過"
        " burn consumption remaining forecast carry-over after-hours holiday channel frequency",
        "customers:list",
    ),
    Section(
        "timeline",
        _("The customer's file and its timeline"),
        [
            _(
                "The file is the one page about a customer: hours, terms with their source,"
                " benefits, goals, goodwill work, investments, tier and revenue. The timeline"
                " lists what happened, the latest first; filters show work, goodwill work, goals,"
                " the contract, scope checks or the tier alone."
            ),
            _(
                "In screen-share mode goodwill sums, flags, tiers and other customers are gone"
                " from it."
            ),
        ],
        "経過 顧客ページ カルテ 時系列 対応履歴 絞り込み customer page history events filter",
        "customers:list",
    ),
]
