"""Everything that changes customers, their contacts and the ledger."""

from customers.actions.activities import (
    EntryData,
    FavorData,
    ask_about,
    check_can_record,
    confirm_quiet_week,
    correct_activity,
    read_purpose,
    record_activity,
    withdraw_activity,
)
from customers.actions.contacts import add_contact, change_contact, remove_contact
from customers.actions.contracts import (
    RevisionData,
    TermLine,
    correct_revision,
    end_contract,
    record_explained,
    revise_contract,
    sign_contract,
    start_of,
)
from customers.actions.customers import (
    change_customer,
    check_can_edit_customers,
    create_customer,
)
from customers.actions.extensions import extend_scope
from customers.actions.goals import change_goal, drop_goal, reach_goal, reopen_goal, set_goal
from customers.actions.goodwill import (
    change_goodwill,
    check_can_give,
    mark_goodwill,
    unmark_goodwill,
    usual_price_of,
)
from customers.actions.imports import (
    apply_import,
    check_can_apply,
    check_can_import,
    check_can_leave,
    import_now,
    leave_import,
    request_import,
)
from customers.actions.investments import (
    change_investment,
    check_has_verdicts,
    extend_investment,
    judge_investment,
    open_investment,
)
from customers.actions.past_log import bring_in_past_log
from customers.actions.scope import PastCheck, bring_in_past_checks

__all__ = [
    "EntryData",
    "FavorData",
    "PastCheck",
    "RevisionData",
    "TermLine",
    "add_contact",
    "apply_import",
    "ask_about",
    "bring_in_past_checks",
    "bring_in_past_log",
    "change_contact",
    "change_customer",
    "change_goal",
    "change_goodwill",
    "change_investment",
    "check_can_apply",
    "check_can_edit_customers",
    "check_can_give",
    "check_can_import",
    "check_can_leave",
    "check_can_record",
    "check_has_verdicts",
    "confirm_quiet_week",
    "correct_activity",
    "correct_revision",
    "create_customer",
    "drop_goal",
    "end_contract",
    "extend_investment",
    "extend_scope",
    "import_now",
    "judge_investment",
    "leave_import",
    "mark_goodwill",
    "open_investment",
    "reach_goal",
    "read_purpose",
    "record_activity",
    "record_explained",
    "remove_contact",
    "reopen_goal",
    "request_import",
    "revise_contract",
    "set_goal",
    "sign_contract",
    "start_of",
    "unmark_goodwill",
    "usual_price_of",
    "withdraw_activity",
]
