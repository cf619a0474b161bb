from tiering.models.finding import Finding, FindingKind, Observation, SettledPart
from tiering.models.held import HeldMove
from tiering.models.override import Override
from tiering.models.preview import Preview, PreviewMove
from tiering.models.rules import GuardRule, RuleSet, Tier, TierCriterion, TierRule
from tiering.models.services import Benefit, BenefitUse, Per, Service, ServiceLevel
from tiering.models.standing import Evaluation, Standing, TierChange

__all__ = [
    "Benefit",
    "BenefitUse",
    "Evaluation",
    "Finding",
    "FindingKind",
    "GuardRule",
    "HeldMove",
    "Observation",
    "Override",
    "Per",
    "Preview",
    "PreviewMove",
    "RuleSet",
    "Service",
    "ServiceLevel",
    "SettledPart",
    "Standing",
    "Tier",
    "TierChange",
    "TierCriterion",
    "TierRule",
]
