from tiering.models.rules import RuleSet, Tier, TierRule
from tiering.models.standing import Evaluation, Standing, TierChange

__all__ = ["Evaluation", "RuleSet", "Standing", "Tier", "TierChange", "TierRule"]
