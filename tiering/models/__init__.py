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
    "GuardRule",
    "HeldMove",
    "Override",
    "Per",
    "Preview",
    "PreviewMove",
    "RuleSet",
    "Service",
    "ServiceLevel",
    "Standing",
    "Tier",
    "TierChange",
    "TierCriterion",
    "TierRule",
]
