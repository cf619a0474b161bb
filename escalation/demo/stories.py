"""The customers a visitor is led to. Each is planted at a rank by revenue, with an owner.

Their tiers, revenue, hours, goodwill and investments are told; the promises and requests of their
stories join with the features these need.
"""

from dataclasses import dataclass

from escalation.demo.names import (
    HEALTH,
    IT,
    MANUFACTURING,
    PROFESSIONS,
    PROPERTY,
    PUBLIC,
    RETAIL,
)

# Twenty-four months of invoices in thousand yen, the oldest first, where noise would blur the
# point. Story 5 passes 2.8M with the last month alone; story 6 falls below 2.66M one month
# before, so that it is in the second month of three.
_PASSES_THE_LINE = (
    130, 130, 135, 140, 145, 150, 150, 155, 160, 165, 170, 180,
    185, 195, 200, 210, 215, 225, 235, 245, 255, 265, 285, 305,
)  # fmt: skip
_FALLS_BELOW_IT = (
    270, 265, 270, 260, 265, 260, 255, 260, 255, 250, 250, 250,
    245, 245, 240, 235, 230, 225, 215, 210, 205, 200, 140, 130,
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """`rank` is the place by revenue, 1 the largest. `started` and `ended` count months back
    from the last closed one, which is 0. `months` replaces the generated invoices.
    """

    rank: int
    name: str
    name_kana: str
    industry: str
    owner: str
    months: tuple[int, ...] = ()
    parent: str = ""
    started: int | None = None
    ended: int | None = None
    reason: str = ""  # why the customer left
    is_regulated: bool = False  # 取適法 may apply


TOTO = "東都精機販売"
GINREI = "銀嶺ホテルズ"
TOKIWA = "常磐ケミカル"
MIZUHO = "瑞穂メディカル"
KONAN = "港南ロジ"
YAMATO = "大和食品"
SHOFU = "松風堂"
MIDORI = "みどり医療会"
SHOEI = "昭栄建設"
KS = "ケーズ教材"
HOKUTO = "北斗リース"
HOSHINO = "星野町役場"
MINAMO = "みなも食品工業"
GRANBELL = "グランベル企画"
HIKARI = "ひかり堂"

STORIES = (
    Planted(1, TOTO, "トウトセイキハンバイ", MANUFACTURING, "sato"),
    Planted(2, GINREI, "ギンレイホテルズ", RETAIL, "ito"),
    Planted(3, TOKIWA, "トキワケミカル", MANUFACTURING, "kobayashi"),
    Planted(4, MIZUHO, "ミズホメディカル", HEALTH, "yamamoto"),
    Planted(5, KONAN, "コウナンロジ", IT, "sato"),
    Planted(6, YAMATO, "ヤマトショクヒン", MANUFACTURING, "yamamoto"),
    Planted(7, SHOFU, "ショウフウドウ", RETAIL, "kobayashi"),
    Planted(13, SHOEI, "ショウエイケンセツ", PROPERTY, "sato", months=_FALLS_BELOW_IT),
    Planted(14, MIDORI, "ミドリイリョウカイ", HEALTH, "ito", months=_PASSES_THE_LINE),
    Planted(18, HOKUTO, "ホクトリース", PROPERTY, "sato"),
    Planted(21, "佐々木産業", "ササキサンギョウ", MANUFACTURING, "kobayashi"),
    Planted(27, HOSHINO, "ホシノマチヤクバ", PUBLIC, "yamamoto"),
    Planted(31, "アルファ税理士法人", "アルファゼイリシホウジン", PROFESSIONS, "kobayashi"),
    Planted(33, KS, "ケーズキョウザイ", PROFESSIONS, "ito", ended=2, reason="不備への対応の遅れ"),
    Planted(49, GRANBELL, "グランベルキカク", IT, "kobayashi", is_regulated=True),
    Planted(72, HIKARI, "ヒカリドウ", RETAIL, "ito"),
)

# Parent and child companies, started and ended ones: 3 groups, 8 starters, 5 who left.
OTHERS = (
    Planted(16, "銀嶺フーズサービス", "ギンレイフーズサービス", RETAIL, "ito", parent=GINREI),
    Planted(38, "瑞穂訪問看護", "ミズホホウモンカンゴ", HEALTH, "yamamoto", parent=MIZUHO),
    Planted(
        58,
        "常磐分析センター",
        "トキワブンセキセンター",
        MANUFACTURING,
        "kobayashi",
        parent=TOKIWA,
    ),
    Planted(86, "銀嶺リネン", "ギンレイリネン", RETAIL, "ito", parent=GINREI),
    Planted(20, "碧空テクノロジー", "ヘキクウテクノロジー", IT, "sato", started=18),
    Planted(34, MINAMO, "ミナモショクヒンコウギョウ", MANUFACTURING, "yamamoto", started=15),
    Planted(53, "こだま法務事務所", "コダマホウムジムショ", PROFESSIONS, "nakamura", started=21),
    Planted(64, "ひだまり保育会", "ヒダマリホイクカイ", HEALTH, "ito", started=13),
    Planted(69, "かけはし介護", "カケハシカイゴ", HEALTH, "yamamoto", started=8),
    Planted(76, "つばさ不動産管理", "ツバサフドウサンカンリ", PROPERTY, "kobayashi", started=5),
    Planted(83, "みさき珈琲", "ミサキコーヒー", RETAIL, "ito", started=1),
    Planted(91, "はるか学習塾", "ハルカガクシュウジュク", PROFESSIONS, "sato", started=0),
    Planted(
        67, "うみねこ水産", "ウミネコスイサン", RETAIL, "kobayashi", ended=4, reason="予算の縮小"
    ),
    Planted(79, "まつば印刷", "マツバインサツ", MANUFACTURING, "ito", ended=7, reason="内製化"),
    Planted(
        95,
        "あかつき工芸",
        "アカツキコウゲイ",
        MANUFACTURING,
        "kobayashi",
        ended=1,
        reason="事業の終了",
    ),
    Planted(
        104, "ことり雑貨店", "コトリザッカテン", RETAIL, "ito", ended=10, reason="他社への変更"
    ),
)

PLANTED = {planted.rank: planted for planted in STORIES + OTHERS}
