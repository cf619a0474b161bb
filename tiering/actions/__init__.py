"""The only writers of the tiering app's rows, beside the engine."""

from tiering.actions.held import accept_held, check_can_accept, hold_run
from tiering.actions.news import tell_of_night
from tiering.actions.overrides import (
    approve_override,
    ask_again,
    check_can_decide,
    check_can_end,
    check_can_request,
    check_can_withdraw,
    end_override,
    reject_override,
    request_override,
    warn_of_ends,
    withdraw_override,
)
from tiering.actions.payment_stops import check_can_stop, lift_payment_stop, set_payment_stop
from tiering.actions.previews import (
    check_can_preview,
    leave_preview,
    preview_now,
    request_preview,
)
from tiering.actions.publishing import check_can_publish, needs_second_person, publish_rules
from tiering.actions.rules import create_draft
from tiering.actions.runs import (
    RUN_LOCK,
    check_can_recalculate,
    recalculate,
    request_night,
    request_replay,
)
from tiering.actions.services import (
    add_benefit,
    check_can_edit_services,
    check_can_record_use,
    check_can_reverse_use,
    copy_services,
    record_use,
    reverse_use,
    save_services,
)

__all__ = [
    "RUN_LOCK",
    "accept_held",
    "add_benefit",
    "approve_override",
    "ask_again",
    "check_can_accept",
    "check_can_decide",
    "check_can_edit_services",
    "check_can_end",
    "check_can_preview",
    "check_can_publish",
    "check_can_recalculate",
    "check_can_record_use",
    "check_can_request",
    "check_can_reverse_use",
    "check_can_stop",
    "check_can_withdraw",
    "copy_services",
    "create_draft",
    "end_override",
    "hold_run",
    "leave_preview",
    "lift_payment_stop",
    "needs_second_person",
    "preview_now",
    "publish_rules",
    "recalculate",
    "record_use",
    "reject_override",
    "request_night",
    "request_override",
    "request_preview",
    "request_replay",
    "reverse_use",
    "save_services",
    "set_payment_stop",
    "tell_of_night",
    "warn_of_ends",
    "withdraw_override",
]
