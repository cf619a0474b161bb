"""Words that mean the same when customers ask for something: matched as firm.text.fold leaves
them, so that kana are katakana here and width counts for nothing.

The firm's own contract is always what is compared; these only say which of its words a customer
may have put otherwise. What is not here is compared as it stands.
"""

import re


def _words(japanese: str, english: str) -> re.Pattern[str]:
    return re.compile(rf"{japanese}|(?<![a-z])(?:{english})(?![a-z])")


# What is done. A request for another deed is about something else, whatever it is done to.
DEEDS = {
    "change": _words(
        r"修正|訂正|修整|変更|更新|改訂|調整|掲載|載[セッ]|差シ?替エ?|[入貼]レ?リ?替エ?"
        r"|[置書]キ?換エ?|手直シ|直[サシスセ]|変エ",
        r"(?:chang|replac|correct|fix|updat|edit|swap|adjust)[a-z]*",
    ),
    "make": _words(
        r"新[規設シ]|新タ|作成|制作|製作|作[ッリルロレ]|追加|増[ヤエ]",
        r"new|add(?:s|ed|ing)?|mak(?:e|es|ing)|creat[a-z]*|build(?:s|ing)?",
    ),
    "remove": _words(r"削除|消[サシスセ]|取リ?下ゲ", r"(?:remov|delet)[a-z]*"),
    "explain": _words(r"説明|使イ方|操作方法|教エ|レクチャー|研修", r"(?:explain|train)[a-z]*"),
    "extract": _words(r"抽出|集計|書キ?出[サシスセ]", r"(?:extract|export)[a-z]*"),
    "attend": _words(r"立チ?会|対応|作業", r"(?:work|attend)[a-z]*"),
}
# What it is done to, or when.
THINGS = {
    "text": _words(
        r"文言|文章|文字|文面|原稿|テキスト|誤字|脱字|見出シ", r"texts?|wording|typos?|copy"
    ),
    "picture": _words(r"画像|写真|イメージ", r"pictures?|photos?|images?"),
    "page": _words(r"ページ|頁", r"pages?"),
    "notice": _words(r"知ラセ|告知|ニュース", r"notices?|news"),
    "inquiry": _words(r"問イ?合ワ?セ", r"inquir(?:y|ies)"),
    "meeting": _words(r"打チ?合ワ?セ|会議|ミーティング", r"meetings?"),
    "night": _words(r"夜|22時", r"nights?|evenings?"),
    "holiday": _words(r"休日|祝日|土日|土曜|日曜|週末", r"holidays?|weekends?|s(?:atur|un)days?"),
}
# How much: no thing of its own, but the large is never an example of the small.
SMALL = _words(r"軽微|軽易|小規模|小サナ|簡単|チョットシタ", r"small|minor|little")
LARGE = _words(
    r"全面|大幅|大規模|リニューアル|刷新|作リ直|総入レ?替", r"redesign|overhaul|relaunch|rebuild"
)
HOW_OFTEN = re.compile(r"[毎各]?[月週年]?\d+(?:[箇カヶ]所|回|件|枚|点|本|ページ)?(?:マデ|以内)")
# Between alternatives of one example, as it is written: 文言・画像の差し替え; text or a picture.
BETWEEN = re.compile(
    r"[・、,/]|または|又は|(?<=[一-龯ァ-ヺー])[やと](?=[一-龯ァ-ヺ])|\bor\b|\band\b"
)
FILLERS = frozenset({"the", "for", "our", "one", "any"})
