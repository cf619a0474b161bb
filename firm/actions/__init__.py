"""Everything that changes people, posts, days and months of the firm."""

from firm.actions.calendar import (
    add_company_days,
    add_holiday,
    check_can_edit_calendar,
    remove_company_day,
    remove_holiday,
)
from firm.actions.months import (
    check_can_close_month,
    check_can_reopen_month,
    close_month,
    reopen_month,
)
from firm.actions.people import (
    add_person,
    change_person,
    check_can_disable,
    check_can_edit_people,
    check_can_end_post,
    department_at,
    disable_person,
    enable_person,
    end_post,
    give_post,
    note_password_link,
)

__all__ = [
    "add_company_days",
    "add_holiday",
    "add_person",
    "change_person",
    "check_can_close_month",
    "check_can_disable",
    "check_can_edit_calendar",
    "check_can_edit_people",
    "check_can_end_post",
    "check_can_reopen_month",
    "close_month",
    "department_at",
    "disable_person",
    "enable_person",
    "end_post",
    "give_post",
    "note_password_link",
    "remove_company_day",
    "remove_holiday",
    "reopen_month",
]
