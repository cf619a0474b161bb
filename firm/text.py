"""Folding of Japanese and Latin text for finding and matching. What is shown stays as typed."""

import re
import unicodedata

_KANA = {chr(hiragana): chr(hiragana + 0x60) for hiragana in range(0x3041, 0x3097)}
_VARIANTS = {
    "髙": "高",
    "﨑": "崎",
    "嵜": "崎",
    "濵": "浜",
    "邊": "辺",
    "邉": "辺",
    "〜": "~",
    "～": "~",
}
_FOLD = str.maketrans(_KANA | _VARIANTS)
_COMPANY_FORMS = re.compile(
    r"株式会社|有限会社|合同会社|合資会社|一般社団法人|一般財団法人|特定非営利活動法人"
    r"|\((?:株|有|同|資|社|財)\)|\b(?:co\.?,? ?ltd|inc|llc|gmbh|corp)\b\.?"
)
_DASHES = re.compile(r"[‐‑‒–—―−ｰ]")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """NFKC, lower case, hiragana as katakana, variant characters and dashes as their usual
    form, runs of white space as one space. ㈱ becomes (株), ① becomes 1.
    """
    folded = unicodedata.normalize("NFKC", text).lower().translate(_FOLD)
    return _SPACES.sub(" ", _DASHES.sub("-", folded)).strip()


def fold_company(name: str) -> str:
    """A folded name without its company form, for sorting and matching."""
    folded = fold(name)
    return _SPACES.sub(" ", _COMPANY_FORMS.sub(" ", folded)).strip() or folded


def digits(phone: str) -> str:
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))


def search_key(*, code: str, name: str, kana: str, phones: list[str]) -> str:
    """What a search looks through: folded code, name, kana and phone digits.

    The name stands in it with and without spaces, so that 青葉 商事 and 青葉商事 find each other,
    the code with and without dashes, because a search for digits leaves them out.
    """
    bare = fold_company(name)
    parts = [fold(code), fold(code).replace("-", "")]
    parts += [fold(name), bare.replace(" ", ""), fold(kana).replace(" ", "")]
    parts += [digits(phone) for phone in phones]
    return " ".join(dict.fromkeys(part for part in parts if part))


def sort_key(*, name: str, kana: str) -> str:
    """Folded kana, or the name without its company form where there is no kana."""
    return (fold(kana) or fold_company(name))[:200]
