"""Which customer a text from elsewhere is about: a calendar entry, a line of an hours file.

By code, then by the e-mail address of a contact, then by name; two that fit alike are none.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from customers.models import Contact, Customer
from firm.scope import Scope
from firm.text import fold, fold_company

SHORTEST = 2  # of a name that is looked for; 3 where it is in Latin letters
_WORD = re.compile(r"[\w-]+")


class Matcher:
    """Knows the active customers whose files this person has, read once."""

    def __init__(self, scope: Scope) -> None:
        theirs = Customer.objects.visible_to(scope).active()
        self.codes: dict[str, int] = {}
        self.names: dict[str, set[int]] = defaultdict(set)
        self.addresses: dict[str, set[int]] = defaultdict(set)
        for pk, code, name, email in theirs.values_list("pk", "code", "name", "email"):
            self.codes[fold(code)] = pk
            bare = _bare(name)
            if len(bare) >= SHORTEST + bare.isascii():
                self.names[bare].add(pk)
            if email:
                self.addresses[email.lower()].add(pk)
        contacts = Contact.objects.filter(customer__in=theirs).exclude(email="")
        for pk, email in contacts.values_list("customer", "email"):
            self.addresses[email.lower()].add(pk)

    def match(self, *texts: str, addresses: Iterable[str] = ()) -> int | None:
        """The pk. Earlier texts go before later ones: the title before the description."""
        return self._by_code(texts) or self._by_address(addresses) or self._by_name(texts)

    def _by_code(self, texts: Iterable[str]) -> int | None:
        words = {word for text in texts for word in _WORD.findall(fold(text))}
        return _only({self.codes[word] for word in words if word in self.codes})

    def _by_address(self, addresses: Iterable[str]) -> int | None:
        return _only({pk for address in addresses for pk in self.addresses.get(address, ())})

    def _by_name(self, texts: Iterable[str]) -> int | None:
        """The longest name that stands in the text: 青葉商事九州 is not 青葉商事."""
        for text in texts:
            folded = _bare(text)
            found = [name for name in self.names if name in folded]
            longest = max(map(len, found), default=0)
            pks = {pk for name in found if len(name) == longest for pk in self.names[name]}
            if pks:
                return _only(pks)
        return None


def _bare(text: str) -> str:
    return fold_company(text).replace(" ", "")


def _only(found: set[int]) -> int | None:
    return next(iter(found)) if len(found) == 1 else None
