"""What people do about a flag: every move from every state, by everybody, and what it leaves."""

import datetime

import pytest

from firm import wording
from firm.models import AuditEvent, Firm
from firm.refusals import Forbidden, Refused
from tests.cast import MEMBERS, a_member
from tests.factories import NOW, a_customer
from tests.servicing.findings import a_finding
from tiering import actions
from tiering.actions import FlagChanged
from tiering.models import Finding, SettledPart
from tiering.servicing.kinds import MEASURES
from tiering.servicing.life import Move, resolutions

pytestmark = pytest.mark.django_db

State = Finding.State
UNTIL = datetime.date(2026, 10, 31)
STATES = {
    State.OPEN: {},
    State.ACKNOWLEDGED: {},
    State.IN_PROGRESS: {},
    State.ACCEPTED: {"accepted_until": UNTIL},
    State.RESOLVED: {"resolution": "amended"},
}
LEADS_TO = {
    Move.ACKNOWLEDGE: State.ACKNOWLEDGED,
    Move.START: State.IN_PROGRESS,
    Move.RESOLVE: State.RESOLVED,
    Move.ACCEPT: State.ACCEPTED,
}
ALLOWED = {
    State.OPEN: set(Move),
    State.ACKNOWLEDGED: {Move.START, Move.RESOLVE, Move.ACCEPT},
    State.IN_PROGRESS: {Move.RESOLVE, Move.ACCEPT},
    State.ACCEPTED: {Move.START, Move.RESOLVE, Move.ACCEPT},
    State.RESOLVED: set(),
}
MANAGING = {"section_manager", "department_head", "executive", "administrator"}
WORKING = MANAGING | {"account_manager", "back_office"}


@pytest.fixture(autouse=True)
def shown_to_all():
    Firm.objects.update(flags_since=datetime.date(2025, 1, 1))


@pytest.fixture
def finding(account_manager):
    return a_finding(a_customer(owner=account_manager), seen={"by_month": BY_MONTH})


BY_MONTH = {"2026-05-01": 300, "2026-06-01": 420}


def move(move: Move, finding: Finding, *, by, **values) -> Finding:
    act = {
        Move.ACKNOWLEDGE: actions.acknowledge_flag,
        Move.START: actions.start_flag,
        Move.RESOLVE: actions.resolve_flag,
        Move.ACCEPT: actions.accept_flag,
    }[move]
    given = {"finding": finding, "version": finding.version, "reason": "先方と相談済み"}
    if move == Move.RESOLVE:
        given["resolution"] = Finding.Resolution.PROCESS_FIXED
    if move == Move.ACCEPT:
        given["until"] = UNTIL
    return act(**given | values, by=by, now=NOW)


@pytest.mark.parametrize("wished", Move)
@pytest.mark.parametrize("state", STATES)
def test_a_move_begins_where_the_table_says(state, wished, account_manager, section_manager):
    finding = a_finding(a_customer(owner=account_manager), state=state, **STATES[state])
    if wished not in ALLOWED[state]:
        with pytest.raises(Refused):
            move(wished, finding, by=section_manager)
        finding.refresh_from_db()
        assert (finding.state, finding.version) == (state, 1)
        return
    moved = move(wished, finding, by=section_manager)
    finding.refresh_from_db()
    assert moved == finding
    assert (finding.state, finding.version) == (LEADS_TO[wished], 2)
    assert (finding.decided_by, finding.decided_at) == (section_manager, NOW)
    assert finding.reason == "先方と相談済み"


@pytest.mark.parametrize("wished", Move)
def test_a_move_is_for_those_who_see_the_flag_and_record_work(wished, account_manager):
    cast = {key: a_member(key) for key in MEMBERS if key != "account_manager"}
    cast["account_manager"] = account_manager
    finding = a_finding(a_customer(owner=account_manager))
    may = set()
    for key, person in cast.items():
        try:
            actions.check_can_move(finding=finding, move=wished, by=person, now=NOW)
            may.add(key)
        except Forbidden:
            pass
    assert may == (MANAGING if wished == Move.ACCEPT else WORKING)


def test_somebody_who_does_not_see_it_yet_does_not_move_it(finding, section_manager):
    Firm.objects.update(flags_since=NOW.date())
    with pytest.raises(Forbidden):
        move(Move.ACKNOWLEDGE, finding, by=section_manager)


def test_a_manager_does_not_accept_the_flags_of_her_own_customers(section_manager, executive):
    finding = a_finding(a_customer(owner=section_manager))
    with pytest.raises(Forbidden):
        move(Move.ACCEPT, finding, by=section_manager)
    assert move(Move.ACCEPT, finding, by=executive).accepted_until == UNTIL


def test_the_page_hears_the_same_refusals(finding, account_manager, auditor):
    refused = actions.refusals_of_moves(finding=finding, by=account_manager, now=NOW)
    assert {one for one, sentence in refused.items() if sentence} == {Move.ACCEPT}
    assert all(actions.refusals_of_moves(finding=finding, by=auditor, now=NOW).values())


@pytest.mark.parametrize("wished", [Move.START, Move.RESOLVE, Move.ACCEPT])
def test_a_move_says_why(finding, section_manager, wished):
    with pytest.raises(Refused):
        move(wished, finding, by=section_manager, reason="  ")
    with pytest.raises(Refused):
        move(wished, finding, by=section_manager, reason="あ" * 301)


def test_taking_note_needs_no_words(finding, account_manager):
    assert move(Move.ACKNOWLEDGE, finding, by=account_manager, reason="").state == "acknowledged"


def test_what_has_changed_since_it_was_seen_is_looked_at_again_first(finding, account_manager):
    seen = finding.version
    Finding.objects.update(version=seen + 1, quantity=900)
    with pytest.raises(FlagChanged):
        move(Move.ACKNOWLEDGE, finding, by=account_manager, version=seen)
    move(Move.ACKNOWLEDGE, finding, by=account_manager, version=seen + 1)


@pytest.mark.parametrize(
    ("until", "is_fine"),
    [
        (NOW.date(), False),
        (NOW.date() + datetime.timedelta(days=1), True),
        (datetime.date(2027, 7, 15), True),
        (datetime.date(2027, 7, 16), False),
    ],
)
def test_a_flag_is_accepted_for_a_year_at_most(finding, section_manager, until, is_fine):
    if is_fine:
        assert move(Move.ACCEPT, finding, by=section_manager, until=until).accepted_until == until
    else:
        with pytest.raises(Refused):
            move(Move.ACCEPT, finding, by=section_manager, until=until)


def test_work_on_an_accepted_flag_ends_its_acceptance(finding, section_manager, account_manager):
    move(Move.ACCEPT, finding, by=section_manager)
    finding.refresh_from_db()
    assert move(Move.START, finding, by=account_manager).accepted_until is None


def test_resolving_settles_what_the_last_night_saw_month_by_month(finding, account_manager):
    move(Move.RESOLVE, finding, by=account_manager)
    parts = SettledPart.objects.order_by("month").values_list("kind", "month", "quantity")
    assert [(kind, str(month), size) for kind, month, size in parts] == [
        ("hours", "2026-05-01", 300),
        ("hours", "2026-06-01", 420),
    ]


def test_a_kind_without_months_is_settled_in_the_last_of_its_window(account_manager):
    finding = a_finding(a_customer(owner=account_manager), "contact_interval", quantity=47)
    move(Move.RESOLVE, finding, by=account_manager)
    part = SettledPart.objects.get()
    assert (str(part.month), part.quantity) == ("2026-06-01", 47)


def test_accepting_settles_nothing(finding, section_manager):
    move(Move.ACCEPT, finding, by=section_manager)
    assert not SettledPart.objects.exists()


@pytest.mark.parametrize("resolution", ["subsided", "", "lost"])
def test_a_flag_is_resolved_in_one_of_the_ways_there_are(finding, account_manager, resolution):
    with pytest.raises(Refused):
        move(Move.RESOLVE, finding, by=account_manager, resolution=resolution)


def test_what_was_too_little_is_not_billed():
    for kind, measure in MEASURES.items():
        assert ("billed" in resolutions(kind)) == (measure.direction == "over")


def test_every_move_is_on_record(finding, account_manager, section_manager):
    for wished in (Move.ACKNOWLEDGE, Move.ACCEPT, Move.RESOLVE):
        finding.refresh_from_db()
        move(wished, finding, by=section_manager)
    events = AuditEvent.objects.filter(subject_kind="finding", subject_id=finding.pk).order_by("pk")
    assert [event.code for event in events] == [
        "flag_acknowledged",
        "flag_accepted",
        "flag_resolved",
    ]
    assert {event.actor for event in events} == {section_manager}
    assert "2026" in wording.audit_text("flag_accepted", events[1].data)


class TestPastFlags:
    @pytest.fixture
    def past(self, account_manager):
        return [
            a_finding(a_customer(owner=account_manager), is_past=True, state=state, **STATES[state])
            for state in STATES
        ]

    def accept(self, by, **values) -> int:
        given = {"findings": Finding.objects.all(), "until": UNTIL, "reason": "開始前の分"}
        return actions.accept_past_flags(**given | values, by=by, now=NOW)

    def test_those_that_wait_are_accepted_together_with_one_reason(self, past, section_manager):
        assert self.accept(section_manager) == 3
        rows = Finding.objects.filter(reason="開始前の分", state="accepted", version=2)
        assert {row.accepted_until for row in rows} == {UNTIL}
        assert AuditEvent.objects.filter(code="flag_accepted").count() == 3

    def test_new_ones_and_those_left_out_stay_as_they_are(self, past, finding, section_manager):
        assert self.accept(section_manager, findings=Finding.objects.filter(pk=past[0].pk)) == 1
        finding.refresh_from_db()
        assert finding.state == State.OPEN

    def test_each_accepts_those_of_her_own_people_only(self, past, section_manager, executive):
        own = a_finding(a_customer(owner=section_manager), is_past=True)
        elsewhere = a_finding(a_customer(), is_past=True)
        self.accept(section_manager)
        for left in (own, elsewhere):
            left.refresh_from_db()
            assert left.state == State.OPEN
        assert self.accept(executive) == 2

    def test_who_looks_after_customers_alone_may_not(self, past, account_manager):
        with pytest.raises(Forbidden):
            self.accept(account_manager)

    def test_it_needs_a_day_and_a_reason(self, past, section_manager):
        with pytest.raises(Refused):
            self.accept(section_manager, until=NOW.date())
        with pytest.raises(Refused):
            self.accept(section_manager, reason=" ")
