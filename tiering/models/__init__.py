from tiering.models.rules import GuardRule, RuleSet, Tier, TierRule
from tiering.models.standing import Evaluation, Standing, TierChange

__all__ = ["Evaluation", "GuardRule", "RuleSet", "Standing", "Tier", "TierChange", "TierRule"]
