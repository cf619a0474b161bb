"""How much a request is like an example of a contract, from 0 to 1.

Its words count: the deed (差し替え), and what it is done to (文言, 画像), where the customer may
have put both otherwise (customers/scope/vocabulary.py). Without words that say anything, the
share of the example's pairs of characters that stand in the request.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from customers.scope.vocabulary import (
    BETWEEN,
    DEEDS,
    FILLERS,
    HOW_OFTEN,
    LARGE,
    SMALL,
    THINGS,
)
from firm import text

WORD_FOR_WORD, SAME, THING_ALONE, DEED_ALONE = 1.0, 0.95, 0.7, 0.65
SHORTEST = 2
# Runs of one script are the words of a Japanese text; kana between them are not.
_WORDS = re.compile(r"[一-龯々]{2,}|[ァ-ヺー]{2,}|[a-z]{3,}")
_BESIDE_JAPANESE = re.compile(r"(?<![a-z0-9]) | (?![a-z0-9])")
# 写真をページに追加: the page is where, not what. ページの追加 is what.
_WHERE = rf"(?:[ニヘデ上内中]|ノ(?!{DEEDS['make'].pattern}))"


@dataclass(frozen=True)
class Phrase:
    """One alternative of an example: its deeds, and patterns of what they are done to."""

    folded: str
    deeds: frozenset[str]
    things: tuple[str, ...]
    is_small: bool

    def like(self, request: str) -> float:
        if self.folded in request:
            return WORD_FOR_WORD
        if self.is_small and LARGE.search(request):
            return 0.0
        asked = _deeds(request)
        if self.deeds and asked and not self.deeds & asked:
            return 0.0
        return max(self._by_words(request, asked), self._by_pairs(request))

    def _by_words(self, request: str, asked: set[str]) -> float:
        if not self.things:
            return DEED_ALONE if self.deeds & asked else 0.0
        where = _WHERE if "make" in self.deeds else r"(?!)"
        if not all(re.search(rf"(?:{thing})(?!{where})", request) for thing in self.things):
            return 0.0
        return SAME if self.deeds <= asked else THING_ALONE

    def _by_pairs(self, request: str) -> float:
        pairs = {self.folded[at : at + 2] for at in range(len(self.folded) - 1)}
        return sum(pair in request for pair in pairs) / len(pairs) * SAME


def likeness(example: str, request: str) -> float:
    """`request` as `plain` gives it."""
    if not request:
        return 0.0
    return max((phrase.like(request) for phrase in _phrases(example)), default=0.0)


def plain(words: str) -> str:
    """Folded, without the spaces that only Latin words need between them."""
    return _BESIDE_JAPANESE.sub("", text.fold(words))


def _deeds(folded: str) -> set[str]:
    return {deed for deed, pattern in DEEDS.items() if pattern.search(folded)}


@lru_cache(maxsize=4096)
def _phrases(example: str) -> tuple[Phrase, ...]:
    raw = " ".join(unicodedata.normalize("NFKC", example).lower().split())
    deeds = frozenset(_deeds(text.fold(raw)))
    found = (_phrase(part, deeds) for part in dict.fromkeys([raw, *_alternatives(raw)]))
    return tuple(phrase for phrase in found if len(phrase.folded) >= SHORTEST)


def _alternatives(example: str) -> Iterator[str]:
    """文言の差し替え and 画像の差し替え of 文言・画像の差し替え."""
    head, of, tail = example.rpartition("の")
    for part in BETWEEN.split(head if of else tail):
        if part.strip():
            yield f"{part.strip()}{of}{tail if of else ''}"


def _phrase(part: str, deeds: frozenset[str]) -> Phrase:
    """`deeds` are those of the whole example, for a part that names none of its own."""
    folded = text.fold(part)  # character by character, so that places stay
    known = [*DEEDS.values(), *THINGS.values(), SMALL, HOW_OFTEN]
    rest = list(part)
    for pattern in known:
        for found in pattern.finditer(folded):
            rest[found.start() : found.end()] = " " * len(found.group())
    others = [word for word in _WORDS.findall("".join(rest)) if word not in FILLERS]
    things = [pattern.pattern for pattern in THINGS.values() if pattern.search(folded)]
    return Phrase(
        folded=plain(part),
        deeds=frozenset(_deeds(folded)) or deeds,
        things=(*things, *(re.escape(text.fold(word)) for word in others)),
        is_small=bool(SMALL.search(folded)),
    )
