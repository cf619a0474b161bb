"""Tiers: why, by which rules, what they bring, and how the rules are changed."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
    Section(
        "why",
        _("Why this tier"),
        [
            _(
                "Every tier chip opens the reason: the revenue that counted, the threshold it met"
                " or missed, since when, by which version of the rules, and how much is missing"
                " to the next tier or left above the keep threshold."
            ),
            _(
                "Three names are kept apart. The raw tier is what the criteria alone give. The"
                " earned tier comes after the keep threshold and the grace period. The tier is"
                " what holds: the manual override while there is one, else the earned tier."
            ),
            _(
                "The tier history takes any past date and shows what held on that day."
                " Later corrections of the ledger never change what held then."
            ),
        ],
        "格付け 顧客ランク ティア 昇格 降格 理由 根拠 履歴 grade rank reason history promotion",
    ),
    Section(
        "rules",
        _("Tier rules"),
        [
            _(
                "The rules page says in words what decides the tiers, headed by the promise that"
                " holds for every customer. The rules exist in versions: nothing published is"
                " edited, a new version begins on its day and the one before ends."
            ),
            _(
                "The criteria are business facts only. There is no field for where a"
                " customer comes from or who their contact is."
            ),
        ],
        "基準 しきい値 閾値 猶予 維持 ガイドライン 約束 threshold criteria grace guideline",
        "tiering:rules",
    ),
    Section(
        "criteria",
        _("Strategic fit and further criteria"),
        [
            _(
                "Beside its threshold a tier can ask for more (“and besides”: a margin of ten"
                " percent or more), or take something instead of it (“or instead”: a strategic"
                " fit of 4 or more). What can be named is a closed list: revenue, margin,"
                " strategic fit, months since the start, contracted annual value and contract"
                " type. The same facts give the same raw tier, for every customer."
            ),
            _(
                "The strategic fit is the mean of two or three scores from 0 to 5, with a reason"
                " and a last day, twelve months ahead at most. Managers, executives and"
                " administrators score; nobody scores a customer of their own. An expired score"
                " counts as none."
            ),
            _(
                "A score counts from the first evaluation for a date after the day it was given,"
                " so that no past tier ever changes by it."
            ),
            _(
                "Why this tier lists each criterion with the customer's value and what alone would"
                " lead up or down."
            ),
        ],
        "戦略 重点顧客 スコア 評価 点数 条件 and or 利益率 契約額 strategic score points criteria"
        " strategy theme",
        "tiering:rules",
    ),
    Section(
        "preview",
        _("Impact preview and publishing"),
        [
            _(
                "Before a draft of the tier rules is published, its impact preview shows what the"
                " next night would do to every customer: who moves and why, who only begins a grace"
                " period and when it would end, who moves only because others did, and how many"
                " customers each account manager then has. The nightly engine works it out itself,"
                " so the night does what the preview says."
            ),
            _(
                "The back-test plays the draft and the rules in force through up to 24 past month"
                " ends: how often tiers would have changed, and how many customers would have gone"
                " there and back within half a year."
            ),
            _(
                "Hours promised a month are those that contracts include, the budgets and"
                " allowances of the service levels, and their meetings, proposals and regular"
                " contacts at the minutes named below the table. Beside them stand the working"
                " hours: account managers times the firm's calendar."
            ),
            _(
                "A preview is good for 24 hours, and until the next nightly run, another"
                " publication or a change of the draft. Publishing takes a reason, the first day,"
                " your password once in 12 hours, and a second person once the firm has gone live."
            ),
        ],
        "試算 プレビュー シミュレーション 影響 適用 公開 バックテスト 施行 発効 simulation impact"
        " publish back-test dry run",
        "tiering:rules",
    ),
    Section(
        "services",
        _("Service levels and benefits"),
        [
            _(
                "Each version of the rules has a table of what every tier gets: how fast we"
                " answer, how often we get in touch, meetings, proposals, the goodwill budget and"
                " benefits of the firm's own. It is edited in a draft and holds once the version"
                " is published. Nothing in it may fall below the promise to every customer."
            ),
            _(
                "The customer's file lists the terms that hold today, each with its source. What"
                " the contract says goes before the tier, the tier before the promise to every"
                " customer."
            ),
            _(
                "Benefits are counted by the periods of the fiscal year: quota, used and left."
                " “Done” records one. Where it is another tier's benefit, or used up, the page"
                " says so first and names what there is instead; it never forbids it. A mistaken"
                " entry is taken back and stays readable."
            ),
            _("The report on unused benefits proposes what hardly anybody uses for retirement."),
        ],
        "エンタイトルメント 特典 サービスレベル SLA 優遇 訪問 レビュー会議 使い切り 廃止"
        " entitlement benefit perk quota retire service level",
        "tiering:rules",
    ),
    Section(
        "overrides",
        _("Manual overrides and payment stops"),
        [
            _(
                "Whoever has a customer's file can request another tier than the earned one: with"
                " a reason, a first and a last day, twelve months at most. The account manager's"
                " nearest superior who may decide is asked; without one, the executives. Somebody"
                " else than the requester decides; only while the firm is in trial may one person"
                " do both, and that stays visible."
            ),
            _(
                "While it holds, the chip says so with its last day, and the earned tier stands"
                " beside it. The nightly evaluation goes on. It ends by itself at midnight after"
                " its last day; 30 and 7 days before, the account manager, their manager and the"
                " requester are told."
            ),
            _(
                "A payment stop is set and lifted by the back office on the customer's file."
                " Where the tier rules have a blocking guard for it, its cap holds at once and"
                " ends at once, whatever has been earned; a manual override goes before it."
            ),
        ],
        "例外 特例 上書き 手動 ランク変更 期限 未入金 与信 入金 exception manual exemption credit"
        " unpaid",
        "tiering:overrides",
    ),
    Section(
        "drafts",
        _("Changing the tier rules"),
        [
            _(
                "A change begins as a draft from a published version. Beside the form the rule"
                " stands in words while you type, with the differences from the version in force;"
                " what is wrong is said at its field. Thresholds can be proposed from your own"
                " revenue: the amounts down to which the largest customers bring so many per cent"
                " of it."
            ),
            _(
                "Ask for review once it is complete: people who may review read the differences,"
                " then approve the draft or return it with a note. Who wrote in a draft cannot"
                " approve it, and who approved it does not publish it. Taking it back to edit it"
                " loses the approval."
            ),
            _(
                "While the firm is in trial one person may publish alone, and it is recorded."
                " After going live, which cannot be undone, every publication takes two people;"
                " single kinds can be switched on earlier."
            ),
            _(
                "Rules are reviewed every half-year. When the date has passed, a notice stands on"
                " the rules page and on the list of customers until somebody confirms or changes"
                " them."
            ),
        ],
        "下書き 承認 四つ目 ダブルチェック 二重承認 相互けん制 本番 本運用 お試し 改定 変更 差分 版"
        " draft review approve four eyes go live diff version trial",
        "tiering:rules",
    ),
]
