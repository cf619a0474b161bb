"""Every customer's tier explained: one row each, for the file that a reader takes away.

What held on a day by the nights in the books then, as `explain` says of one customer. Read so
many customers at a time, so that a firm of any size fits and no statement takes long.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from customers.models import CustomerSnapshot
from firm.scope import Scope
from tiering.engine.customer_facts import CustomerFacts, of_customers
from tiering.explanations import Asked, Explanation, asked_of, with_facts
from tiering.in_force import instead_of_earned, resolve
from tiering.models import Evaluation, Tier, TierChange
from tiering.standings import evaluation_on

READ_AT_ONCE = 1_000


@dataclass(frozen=True)
class Row:
    """`explanation` is None for a customer not evaluated by that day; `tier` is the one in force
    on it, None where there was none.
    """

    customer: CustomerSnapshot
    tier: Tier | None
    explanation: Explanation | None
    has_file: bool


def explained_rows(scope: Scope, *, on: datetime.date) -> Iterator[Row]:
    """Every customer by code; nothing where no night had been evaluated by that day."""
    evaluation = evaluation_on(on)
    if evaluation is None:
        return
    tiers = {tier.pk: tier for tier in Tier.objects.all()}
    asked = asked_of(evaluation.rule_set)
    by_code = {tier.code: tier for tier in tiers.values()}
    ladder = {row["rank"]: by_code[code] for code, row in evaluation.counts["tiers"].items()}
    ranks = {tier.pk: rank for rank, tier in ladder.items()}
    for customers in _chunks():
        ids = [customer.pk for customer in customers]
        held, facts = _held(ids, on=on), of_customers(ids, evaluation)
        instead = instead_of_earned(on=on, rules=evaluation.rule_set_id, customers=ids)
        for customer in customers:
            change = held.get(customer.pk)
            earned = tiers[change.earned_tier_id] if change else None
            in_force = resolve(ranks.get(earned.pk) if earned else None, instead.get(customer.pk))
            yield Row(
                customer=customer,
                tier=ladder.get(in_force.rank or 0, earned),
                explanation=_explained(evaluation, change, tiers, facts[customer.pk], asked)
                if change
                else None,
                has_file=scope.has_file(customer.owner_id, customer.backup_id),
            )


def _chunks() -> Iterator[list[CustomerSnapshot]]:
    after = ""
    is_full = True
    while is_full:
        following = CustomerSnapshot.objects.filter(code__gt=after).order_by("code")
        rows = list(following[:READ_AT_ONCE])
        yield rows
        is_full = len(rows) == READ_AT_ONCE
        after = rows[-1].code if rows else ""


def _held(customers: list[int], *, on: datetime.date) -> dict[int, TierChange]:
    changes = (
        TierChange.objects.filter(
            customer__in=customers, evaluation__is_ahead=False, evaluation__known_from__lte=on
        )
        .order_by("customer", "-as_of", "-evaluation")
        .distinct("customer")
    )
    return {change.customer_id: change for change in changes}


def _explained(
    evaluation: Evaluation,
    change: TierChange,
    tiers: Mapping[int, Tier],
    facts: CustomerFacts,
    asked: Asked,
) -> Explanation:
    change.raw_tier, change.earned_tier = tiers[change.raw_tier_id], tiers[change.earned_tier_id]
    counted = [tier for tier in tiers.values() if tier.code in evaluation.counts["tiers"]]
    return with_facts(evaluation, change, facts=facts, asked=asked, tiers=counted)
