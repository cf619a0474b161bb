"""The help, as data: a section has a title, paragraphs, and the other words people look it up by.

Synonyms carry the words of other houses (取引先, 格付け, 昇格) that the pages themselves avoid.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from firm import text


@dataclass(frozen=True)
class Section:
    slug: str
    title: Promise
    paragraphs: Sequence[Promise]
    synonyms: str
    url_name: str = ""

    def matches(self, words: str) -> bool:
        """Whether every one of the folded words occurs in it, in the reader's language."""
        body = text.fold(" ".join([str(self.title), self.synonyms, *map(str, self.paragraphs)]))
        return all(word in body for word in words.split())


SECTIONS = [
    Section(
        "customers",
        _("Customers and their tiers"),
        [
            _(
                "The list shows every customer with the service tier that holds today. Type a"
                " code, a name, its kana, two characters of it or a phone number into the search"
                " box on top; the key / puts the cursor there."
            ),
            _(
                "Everybody who is signed in can open a customer's card and answer the phone:"
                " name, phones, tier, owner and backup. The file with revenue and history is for"
                " the owner, the backup, their superiors, the back office, executives,"
                " administrators and auditors."
            ),
            _(
                "A row without an amount is not empty: it is a customer whose file you can't"
                " open. Shares and the chart cover the customers whose revenue you can see."
            ),
        ],
        "取引先 得意先 クライアント 会社 検索 探す 電話 client account company find search phone",
        "customers:list",
    ),
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
    Section(
        "reports",
        _("Reports"),
        [
            _(
                "Concentration shows how much of the revenue depends on a few customers: the"
                " largest one, the largest 20%, the tenths, and the index HHI. Section managers"
                " and up, the back office, executives and administrators see the whole firm,"
                " account managers the customers whose revenue they can see; the page says which."
            ),
            _(
                "Segment coverage says how many active customers have a tier from complete data,"
                " and lists the others with the reason. Tier flow compares two dates: how many"
                " customers went from which tier to which, and who they are."
            ),
            _(
                "Planned downgrades lists the customers in their grace period with the day on"
                " which the tier ends and the amount that would keep it. After each night account"
                " managers and their superiors get one message with who has risen, who has fallen"
                " and who will fall unless something changes. “Why each tier” is a file with the"
                " explanation of every customer's tier."
            ),
            _(
                "Allocation compares the share of the hours with the share of the revenue, by"
                " tier, department and month. A person's figures are seen by that person and the"
                " direct superior alone. The profit of one customer stands on its file, for those"
                " who may see margins. Where no work is recorded there is no figure, not zero."
            ),
            _(
                "Every number links to the customers behind it, and every table can be exported."
                " “How it is calculated” says who is counted and how figures are rounded."
            ),
        ],
        "ランクダウン予定 猶予 お知らせ 配分 工数 平準化 メリハリ 粗利 原価 採算 LTV 生涯価値"
        " パレート デシル 集中 上位 HHI 分析 集計 統計 網羅率 遷移 推移 増減 pareto decile"
        " analysis statistics coverage movement transition downgrade notice allocation hours"
        " margin profit lifetime",
        "tiering:reports",
    ),
    Section(
        "runs",
        _("Nightly runs"),
        [
            _(
                "Every night all customers are evaluated. The run's page shows how far it is,"
                " what it read, who moved up or down and why, and the version of the rules it"
                " used. An interrupted run resumes automatically; missed days are caught up in"
                " order."
            ),
            _(
                "Until a run has finished, the tiers of the night before stay as they are. An"
                " administrator can start one at once; with unchanged data it changes nothing."
            ),
        ],
        "夜間バッチ バッチ 再計算 計算 処理 遅い 止まった batch job nightly recalculate late stuck",
        "tiering:runs",
    ),
    Section(
        "held",
        _("Runs held for confirmation"),
        [
            _(
                "A run whose result looks like a mistake changes nothing and waits: too many"
                " customers would move down, the last month has no entries or less than half of"
                " the usual, or the ledger has lost a large part of its lines or its total. The"
                " limits are part of the tier rules; downgrades that the impact preview showed"
                " are not counted."
            ),
            _(
                "Its page says what stopped it and who would move. If a wrong file is the reason,"
                " correct the import and recalculate. If the result is right, an administrator"
                " confirms it: it takes effect if exactly these customers move. Nothing else"
                " stops meanwhile, and the next night evaluates again."
            ),
        ],
        "確認待ち 保留 停止 承認 取り込み間違い 一括変更 大量 誤り hold stop confirm accept"
        " wrong file mass downgrade circuit breaker",
        "tiering:runs",
    ),
    Section(
        "contracts",
        _("Contracts: what is agreed"),
        [
            _(
                "The customer's file says what is agreed, term by term: hours, counts, support"
                " hours, first answer, channels, what is included and what is not. The back office"
                " adds a contract from one of five types, or imports one row a contract."
            ),
            _(
                "What changes in the agreement is a revision from a day on: the former one stays"
                " readable and holds until the day before. What was entered wrongly is corrected"
                " in its place."
            ),
            _(
                "“What's included” is one page for the customer, without tier or amounts. Note"
                " on the file when you have gone through it together. Renewals of the next 90, 60"
                " and 30 days are a list of their own."
            ),
        ],
        "契約 契約書 更新 解約 範囲 提供範囲 保守契約 SLA contract agreement renewal scope",
        "customers:list",
    ),
    Section(
        "imports",
        _("Imports"),
        [
            _(
                "People, customers, contacts and revenue come in as CSV (UTF-8 or CP932) or xlsx."
                " Upload the file, read the preview, then apply or discard it: columns that were"
                " understood or ignored, refused lines with their reason, and what would be"
                " added, changed or dropped, in yen."
            ),
            _(
                "A file is applied as a whole or not at all, and applying it twice changes"
                " nothing. With a period to replace, entries of that source that are missing"
                " from the new file are retired; nothing is ever deleted."
            ),
        ],
        "取込 取り込み インポート アップロード エクセル 文字化け 会計 freee 弥生 マネーフォワード"
        " upload excel garbled accounting",
        "customers:imports",
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
    Section(
        "working-hours",
        _("Working hours"),
        [
            _(
                "A calendar says when somebody works: hours and breaks of each weekday, hours of"
                " single days (a half day, a Saturday at work), national holidays, company days"
                " and days off of its own. The firm has one; a help desk, a branch in another time"
                " zone or a customer can have another."
            ),
            _(
                "A holiday beats a break, a break beats the hours of a single day, and these beat"
                " the weekly hours. Hours that run over midnight belong to the day they start on:"
                " the night before a holiday is worked to its end, the night of the holiday is"
                " off."
            ),
            _(
                "Other hours begin on a day and leave what was before it alone. Once the firm is"
                " live, days that have passed cannot be changed any more. A calendar can be tried"
                " out on its page."
            ),
            _(
                "Days off can be read from a calendar file (.ics): its whole-day entries are"
                " listed first, and only those you tick are added."
            ),
        ],
        "営業時間 対応時間 勤務時間 休憩 夜勤 半休 半日 時間外 祝日 休業日 期限 タイムゾーン 夏時間"
        " business hours opening overtime after-hours holiday break night shift time zone ics",
        "firm:calendar",
    ),
    Section(
        "screen-share",
        _("Screen-share mode"),
        [
            _(
                "Press p before you show your screen to a customer. Tiers, revenue, other"
                " customers in the search and the names of saved views are gone from every page"
                " until you leave the mode, in print too."
            ),
        ],
        "画面共有 投影 会議 オンライン会議 ズーム zoom teams 隠す hide presentation meeting",
    ),
    Section(
        "roles",
        _("Who may do what"),
        [
            _(
                "What you may see and do follows from the posts you hold. Somebody with several"
                " posts has the rights of all of them. The table says what each role adds."
            ),
        ],
        "権限 役割 役職 ロール 見えない 兼務 permission role access post",
        "firm:people",
    ),
]


def find(query: str) -> list[Section]:
    """The sections that hold every word of the query; all of them for an empty one."""
    return [section for section in SECTIONS if section.matches(text.fold(query))]
