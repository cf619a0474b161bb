from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

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
