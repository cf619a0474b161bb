"""What an hour of each grade costs, by the day from which it holds. Each line goes the way of the
page (customers.actions.cost_rates), so work that is logged already is costed anew.
"""

from typing import Any

from customers.actions.cost_rates import MOST, set_cost_rate
from customers.imports.errors import Unreadable
from customers.imports.rate_lines import changing_rates
from customers.imports.work import Work, by_fate, execute, refuse, refuse_twice, rows
from firm.models import User

MOST_LINES = 1_000  # each has its own line in the audit trail and its own job

_LINES = """
CREATE TEMP TABLE import_lines ON COMMIT DROP AS
SELECT s.*, r.direct AS direct_before, r.loaded AS loaded_before,
       CASE WHEN r.id IS NULL THEN 'added'
            WHEN (r.direct, r.loaded) <> (s.direct, s.loaded) THEN 'changed'
            ELSE 'unchanged' END AS fate
FROM import_staged s
LEFT JOIN firm_costrate r ON r.grade = s.grade AND r.valid_from = s.valid_from
"""


def check(work: Work) -> None:
    """Raises Unreadable for a file longer than a list of grades can be."""
    if rows("SELECT count(*) AS lines FROM import_staged")[0]["lines"] > MOST_LINES:
        raise Unreadable("too_many_lines", most=MOST_LINES)
    refuse_twice("valid_from", "grade, valid_from")
    refuse(
        "direct",
        "rate_out_of_range",
        "SELECT line, jsonb_build_object('most', to_char(%(most)s, 'FM9,999,999,999')) AS data"
        " FROM import_staged WHERE direct < 0 OR loaded > %(most)s",
        most=MOST,
    )
    refuse(
        "loaded",
        "loaded_below_direct",
        "SELECT line, '{}'::jsonb AS data FROM import_staged WHERE loaded < direct",
    )


def plan(work: Work) -> dict[str, Any]:
    """Counts of added, changed and unchanged rates, the first of those that change, and the
    grades that nobody has.
    """
    execute(_LINES)
    grades = {row["grade"] for row in rows("SELECT DISTINCT grade FROM import_lines")}
    held = set(User.objects.filter(cost_grade__in=grades).values_list("cost_grade", flat=True))
    unheld = sorted(grades - held)
    return {
        **by_fate(),
        "rates": changing_rates("direct", "loaded", name="grade"),
        "unheld_grades": {"count": len(unheld), "names": unheld},
    }


def write(work: Work) -> None:
    for rate in rows(
        "SELECT grade, valid_from, direct, loaded FROM import_lines WHERE fate <> 'unchanged'"
        " ORDER BY grade, valid_from"
    ):
        set_cost_rate(**rate, by=work.by, now=work.now)
