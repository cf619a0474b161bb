"""Which tier holds on a day: that of a manual override, else the cap of a payment stop, else the
earned one. Always a query on the date, so that an override ends at local midnight.

What the lists read of it (`CustomerSnapshot.tier_rank`, `tier_source`, `tier_until`) is brought
to it by `settle`, in the transaction of every act that changes it, by the nightly run and at
midnight. All three take IN_FORCE_LOCK first: each sees what the one before has written.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from customers.models import CustomerSnapshot
from tiering.models import Evaluation, RuleSet, TierRule

IN_FORCE_LOCK = 7_205_005
Source = CustomerSnapshot.TierSource

# An override to a tier that this version of the rules does not have holds nothing, and a payment
# stop only caps where the version has a blocking guard for it.
_INSTEAD = """
SELECT DISTINCT ON (customer_id) customer_id, source, rank, until
  FROM (SELECT override.customer_id, 'override' AS source, rule.rank,
               coalesce(override.ended_on, override.ends_on) AS until, 1 AS place
          FROM tiering_override override
          JOIN tiering_tierrule rule
            ON rule.rule_set_id = %(rules)s AND rule.tier_id = override.tier_id
         WHERE override.state IN ('approved', 'ended') AND override.starts_on <= %(on)s
           AND coalesce(override.ended_on, override.ends_on) > %(on)s
         UNION ALL
        SELECT stop.customer_id, 'payment_stop', rule.rank, stop.ends_on, 2
          FROM customers_paymentstop stop
          JOIN tiering_guardrule guard
            ON guard.rule_set_id = %(rules)s AND guard.fact = 'payment_stop' AND guard.is_blocking
          JOIN tiering_tierrule rule
            ON rule.rule_set_id = %(rules)s AND rule.tier_id = guard.cap_id
         WHERE stop.starts_on <= %(on)s AND (stop.ends_on IS NULL OR stop.ends_on > %(on)s)) one
 {where}
 ORDER BY customer_id, place
"""

_SETTLE = f"""
WITH instead AS ({_INSTEAD}), touched AS (
    SELECT customer_id FROM instead UNION {{touched}}
), now AS (
    SELECT snapshot.customer_id, coalesce(instead.source, 'earned') AS source, instead.until,
           CASE instead.source
                WHEN 'override' THEN instead.rank
                WHEN 'payment_stop' THEN snapshot.earned_rank
                     + greatest(instead.rank - snapshot.earned_rank, 0)
                ELSE snapshot.earned_rank
           END AS rank
      FROM touched
      JOIN customers_customersnapshot snapshot USING (customer_id)
      LEFT JOIN instead USING (customer_id)
)
UPDATE customers_customersnapshot snapshot
   SET (tier_rank, tier_source, tier_until) = ROW(now.rank, now.source, now.until)
  FROM now
 WHERE now.customer_id = snapshot.customer_id
   AND (snapshot.tier_rank, snapshot.tier_source, snapshot.tier_until)
       IS DISTINCT FROM (now.rank, now.source, now.until)
"""

_NOT_EARNED = "SELECT customer_id FROM customers_customersnapshot WHERE tier_source <> 'earned'"
_THESE = "SELECT unnest(%(customers)s::bigint[])"


@dataclass(frozen=True)
class Instead:
    """What holds in place of the earned tier; `until` is the first day without it, None open."""

    source: Source
    rank: int
    until: datetime.date | None

    def over(self, earned: int | None) -> int | None:
        """The rank that holds. A payment stop only lowers, and gives nobody a first tier."""
        if self.source == Source.OVERRIDE:
            return self.rank
        return None if earned is None else max(earned, self.rank)


@dataclass(frozen=True)
class InForce:
    """A customer's tier on a day, as ranks of the version of the rules that held then."""

    rank: int | None
    earned_rank: int | None
    source: Source = Source.EARNED
    until: datetime.date | None = None

    @property
    def differs(self) -> bool:
        return self.rank != self.earned_rank

    @property
    def is_override(self) -> bool:
        return self.source == Source.OVERRIDE

    @property
    def is_stopped(self) -> bool:
        return self.source == Source.PAYMENT_STOP


def resolve(earned_rank: int | None, instead: Instead | None) -> InForce:
    if instead is None:
        return InForce(earned_rank, earned_rank)
    return InForce(instead.over(earned_rank), earned_rank, instead.source, instead.until)


def instead_of_earned(
    *, on: datetime.date, rules: int, customers: Collection[int] | None = None
) -> dict[int, Instead]:
    """By customer, for all who have another tier than the earned one on this day, or for these.

    `rules` is the version whose ranks are meant.
    """
    where = "" if customers is None else "WHERE customer_id = ANY(%(customers)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            _INSTEAD.format(where=where), _parameters(on=on, rules=rules, customers=customers)
        )
        return {
            customer: Instead(Source(source), rank, until)
            for customer, source, rank, until in cursor.fetchall()
        }


def instead_sql(*, on: datetime.date, rules: int) -> str:
    """The same as rows of customer_id, source, rank and until: without parameters, to be joined."""
    return _INSTEAD.format(where="") % {"on": f"DATE '{on.isoformat()}'", "rules": int(rules)}


def rules_on(date: datetime.date) -> RuleSet | None:
    """The version whose ranks the tiers of this day are: the one evaluated by, else in force."""
    return RuleSet.objects.filter(pk=_version_on(date)).first()


def ladder_on(date: datetime.date) -> list[TierRule]:
    """The tiers of that version from the top; none where there is no version yet."""
    rules = TierRule.objects.filter(rule_set=_version_on(date))
    return list(rules.select_related("tier").order_by("rank"))


def _version_on(date: datetime.date) -> Coalesce:
    known = Evaluation.objects.known_on(date).order_by("-as_of", "-pk")
    in_force = RuleSet.objects.on(date)
    return Coalesce(Subquery(known.values("rule_set")[:1]), Subquery(in_force.values("pk")[:1]))


def lock() -> None:
    """Until the transaction ends nobody else changes what is in force, or settles it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IN_FORCE_LOCK])


def settle(*, on: datetime.date, rules: int, customers: Iterable[int] | None = None) -> int:
    """Bring the lists' rows of these customers, or of all, to what is in force; `lock` is held.

    Of all customers only those are looked at who have another tier than the earned one, or had.
    Returns how many rows differed.
    """
    some = None if customers is None else list(customers)
    where = "" if some is None else "WHERE customer_id = ANY(%(customers)s)"
    statement = _SETTLE.format(where=where, touched=_NOT_EARNED if some is None else _THESE)
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(on=on, rules=rules, customers=some))
        written: int = cursor.rowcount
    return written


def settle_today(*, on: datetime.date, customers: Iterable[int] | None = None) -> int:
    """The same by the version that today's tiers are from; nothing where there is none yet."""
    rules = rules_on(on)
    return settle(on=on, rules=rules.pk, customers=customers) if rules else 0


def _parameters(
    *, on: datetime.date, rules: int, customers: Collection[int] | None
) -> dict[str, Any]:
    return {
        "on": on,
        "rules": rules,
        "customers": None if customers is None else list(customers),
    }
