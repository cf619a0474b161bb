"""What is worked out of it all: reports and nightly runs."""

from django.utils.translation import gettext_lazy as _

from firm.help.section import Section

SECTIONS = [
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
]
