"""Is the audit trail still what was written? The chain of hashes, and its heads kept outside.

Each link is SHA-256 over the link before and the event (migration 0004 writes them at commit).
Somebody with every right in the database could rewrite events and all links after them; the
heads noted in a file every minute show that too. What is younger than the last noted head cannot
be proven, and `verify` says how much that is.
"""

import datetime
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from firm.models import AuditChain

START = bytes(32)
BATCH = 5_000

log = logging.getLogger(__name__)


class Head(NamedTuple):
    position: int
    hash: str
    at: str  # when it was noted, ISO

    @property
    def moment(self) -> datetime.datetime:
        return datetime.datetime.fromisoformat(self.at)


class Link(NamedTuple):
    position: int
    event: int | None  # None where the event has gone
    previous: bytes
    hash: bytes
    text: str  # what the hash covers


@dataclass
class Verdict:
    """`problems` are sentences, at most the first of each kind; `links` is how many hold."""

    problems: list[str] = field(default_factory=list)
    links: int = 0
    noted: Head | None = None

    @property
    def unproven(self) -> int:
        """Links younger than the last noted head."""
        return self.links - (self.noted.position if self.noted else 0)


_LINKS = """
SELECT c.position, e.id, c.previous, c.hash, concat_ws(E'\\x1f',
    e.id, e.code, e.subject_kind, coalesce(e.subject_id::text, ''),
    coalesce(e.actor_id::text, ''), coalesce(e.acted_for_id::text, ''), e.data::text,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'))
FROM firm_auditchain c LEFT JOIN firm_auditevent e ON e.id = c.event_id
WHERE c.position > %s ORDER BY c.position LIMIT %s
"""
_UNCHAINED = """
SELECT e.id FROM firm_auditevent e
WHERE NOT EXISTS (SELECT 1 FROM firm_auditchain c WHERE c.event_id = e.id)
ORDER BY e.id LIMIT 1
"""


def heads_file() -> Path:
    return Path(settings.DATA) / "audit" / "heads.txt"


def note_head(*, now: datetime.datetime) -> Head | None:
    """Write the latest link outside the database, where it is a new one; also to the log."""
    last = AuditChain.objects.order_by("-position").values_list("position", "hash").first()
    if last is None:
        return None
    head = Head(last[0], bytes(last[1]).hex(), now.isoformat(timespec="seconds"))
    noted = noted_heads()
    if noted and noted[-1][:2] == head[:2]:
        return None
    file = heads_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a", encoding="ascii") as heads:
        heads.write(f"{head.position} {head.hash} {head.at}\n")
    log.info("audit head %s %s", head.position, head.hash)
    return head


def noted_heads() -> list[Head]:
    """The heads noted so far, oldest first. A line cut off by a crash is left out."""
    try:
        lines = heads_file().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []
    parts = [line.split() for line in lines]
    return [Head(int(part[0]), part[1], part[2]) for part in parts if len(part) == 3]


def verify() -> Verdict:
    """Walk the whole chain and compare it with the events and with the noted heads."""
    verdict = Verdict()
    heads = {head.position: head for head in noted_heads()}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _walk(verdict, heads)
        _look_for_unchained(verdict)
    missing = [head for position, head in heads.items() if position > verdict.links]
    if missing:
        verdict.problems.append(
            _("The end is missing: %(at)s the chain had %(position)s links, now it has %(links)s.")
            % {"at": missing[-1].at, "position": missing[-1].position, "links": verdict.links}
        )
    return verdict


def _walk(verdict: Verdict, heads: dict[int, Head]) -> None:
    expected = START
    for position, link in enumerate(_links(), start=1):
        problem = _problem(link, position=position, expected=expected, head=heads.get(position))
        if problem:
            verdict.problems.append(problem)
            break
        expected = link.hash
        verdict.links = position
        verdict.noted = heads.get(position, verdict.noted)


def _problem(link: Link, *, position: int, expected: bytes, head: Head | None) -> str | None:
    names = {"position": position, "event": link.event}
    if link.position != position or link.previous != expected:
        return _("Link %(position)s does not follow the one before: links are missing.") % names
    if link.event is None:
        return _("The event of link %(position)s is missing.") % names
    if hashlib.sha256(link.previous + link.text.encode()).digest() != link.hash:
        return _("Event %(event)s (link %(position)s) was changed.") % names
    if head is not None and head.hash != link.hash.hex():
        return _("Up to link %(position)s the chain was written anew after %(at)s.") % {
            **names,
            "at": head.at,
        }
    return None


def _links() -> Iterator[Link]:
    position = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_LINKS, [position, BATCH])
            rows = cursor.fetchall()
            for number, event, previous, link_hash, text in rows:
                yield Link(number, event, bytes(previous), bytes(link_hash), text)
            if len(rows) < BATCH:
                return
            position = rows[-1][0]


def _look_for_unchained(verdict: Verdict) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_UNCHAINED)
        found = cursor.fetchone()
    if found:
        verdict.problems.append(_("Event %(event)s is not in the chain.") % {"event": found[0]})
