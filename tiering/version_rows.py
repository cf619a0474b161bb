"""The rows of a version: tiers with their criteria, guards and service levels, each with what it
names.

They are read anew each time, since a draft's change. A page that only reads asks `load` first,
once for all versions on it.
"""

from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from tiering.models import GuardRule, RuleSet, ServiceLevel, TierRule


def load(*rule_sets: RuleSet | None, with_guards: bool = True, with_services: bool = True) -> None:
    """Keep the rows with these versions: one query a kind, however many versions."""
    kinds = [_kept(TIERS, _tiers())]
    if with_guards:
        kinds.append(_kept(GUARDS, _guards()))
    if with_services:
        kinds.append(_kept(SERVICES, _services()))
    prefetch_related_objects([one for one in rule_sets if one is not None], *kinds)


def load_by_id(draft: RuleSet, other: int | None) -> RuleSet | None:
    """Keep the rows with the draft and with another version, which is read with its tiers."""
    tiers = _tiers().select_related("tier", "rule_set")
    found = {draft.pk: draft}
    kept: dict[int, list[TierRule]] = {draft.pk: []}
    for rule in tiers.filter(rule_set__in=[pk for pk in (draft.pk, other) if pk]):
        rule.rule_set = found.setdefault(rule.rule_set_id, rule.rule_set)
        kept.setdefault(rule.rule_set_id, []).append(rule)
    for pk, version in found.items():
        version.kept_tiers = kept[pk]  # type: ignore[attr-defined]
    prefetch_related_objects(
        list(found.values()), _kept(GUARDS, _guards()), _kept(SERVICES, _services())
    )
    return found.get(other) if other else None


def tiers_of(rule_set: RuleSet) -> list[TierRule]:
    """From the top."""
    return _rows(rule_set, TIERS, _tiers())


def guards_of(rule_set: RuleSet) -> list[GuardRule]:
    return _rows(rule_set, GUARDS, _guards())


def services_of(rule_set: RuleSet) -> list[ServiceLevel]:
    """The firm's own benefits in the order of their making."""
    return _rows(rule_set, SERVICES, _services())


TIERS, GUARDS, SERVICES = "tiers", "guards", "service_levels"


def _tiers() -> QuerySet[TierRule]:
    rows = TierRule.objects.select_related("tier").prefetch_related("criteria")
    return rows.order_by("rank")


def _guards() -> QuerySet[GuardRule]:
    return GuardRule.objects.select_related("cap").order_by("fact")


def _services() -> QuerySet[ServiceLevel]:
    return ServiceLevel.objects.select_related("benefit").order_by("benefit", "pk")


def _kept(name: str, rows: QuerySet[Any]) -> "Prefetch[str, QuerySet[Any], str]":
    return Prefetch(name, queryset=rows, to_attr=f"kept_{name}")


def _rows(rule_set: RuleSet, name: str, rows: QuerySet[Any]) -> list[Any]:
    kept: list[Any] | None = getattr(rule_set, f"kept_{name}", None)
    if kept is not None:
        return kept
    found = list(rows.filter(rule_set=rule_set))
    for row in found:
        row.rule_set = rule_set
    return found
