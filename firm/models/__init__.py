from firm.models.answers import Heartbeat, KeptAnswer
from firm.models.audit import AuditChain, AuditEvent
from firm.models.calendar import (
    CalendarDay,
    CalendarDayOff,
    CalendarHours,
    CalendarShift,
    CalendarVersion,
    ClosedMonth,
    CompanyDay,
    Holiday,
    WorkCalendar,
)
from firm.models.files import StoredFile
from firm.models.firm import Firm, FourEyes, SavedView
from firm.models.outbox import Notification
from firm.models.people import Department, Post, PostHolding, User
from firm.models.rates import BillRate, CostRate, Premium
from firm.models.runs import JobRun

__all__ = [
    "AuditChain",
    "AuditEvent",
    "BillRate",
    "CalendarDay",
    "CalendarDayOff",
    "CalendarHours",
    "CalendarShift",
    "CalendarVersion",
    "ClosedMonth",
    "CompanyDay",
    "CostRate",
    "Department",
    "Firm",
    "FourEyes",
    "Heartbeat",
    "Holiday",
    "JobRun",
    "KeptAnswer",
    "Notification",
    "Post",
    "PostHolding",
    "Premium",
    "SavedView",
    "StoredFile",
    "User",
    "WorkCalendar",
]
