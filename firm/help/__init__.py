"""The help, as data: a section has a title, paragraphs, and the other words people look it up by.

Synonyms carry the words of other houses (取引先, 格付け, 昇格) that the pages themselves avoid.
"""

from firm import text
from firm.help import customers, everyday, flags, giving, log, nights, records, tiers
from firm.help.section import Section

SECTIONS: list[Section] = [
    *customers.SECTIONS,
    *log.SECTIONS,
    *giving.SECTIONS,
    *flags.SECTIONS,
    *tiers.SECTIONS,
    *nights.SECTIONS,
    *records.SECTIONS,
    *everyday.SECTIONS,
]


def find(query: str) -> list[Section]:
    """The sections that hold every word of the query; all of them for an empty one."""
    return [section for section in SECTIONS if section.matches(text.fold(query))]
