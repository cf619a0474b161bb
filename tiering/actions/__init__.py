"""The only writers of the tiering app's rows, beside the engine."""

from tiering.actions.rules import check_can_publish, create_draft, publish_rules
from tiering.actions.runs import (
    RUN_LOCK,
    check_can_recalculate,
    recalculate,
    request_night,
    request_replay,
)

__all__ = [
    "RUN_LOCK",
    "check_can_publish",
    "check_can_recalculate",
    "create_draft",
    "publish_rules",
    "recalculate",
    "request_night",
    "request_replay",
]
