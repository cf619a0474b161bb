"""The facts of customers as SQL over the two ledgers, for everybody or for some.

A fact is what a customer brought or cost in the window `[as_of - window_months, as_of)`:

- **booked revenue**: the net sum of the live entries; **expenses**: the costs noted with them;
  **cost**: the slices of logged work at cost.
- **months since the start**, n: the calendar months begun in `[started_on, as_of)`, at least 1. A
  customer whose start nobody noted is none in its first months.
- **provisional** while fewer than `cold_start_months` whole months have passed since
  `started_on`; **annualised** from then on while n < window_months; else full.
- **trailing revenue**, to four decimals, halves away from zero:
  full: recurring + weight x one-off;
  annualised: recurring x window_months / n + weight x one-off;
  provisional: contract value x window_months / 12, without any recurring x window_months / n.
- **margin**: (booked revenue - expenses - cost) / booked revenue. It is of money that has been
  booked: neither weighted nor projected, because the costs are not, either.
- **dormant**: no entry in `[as_of - dormant_after_months, as_of)`, and no contract in force.
- beside the ledgers, each as it stood at the end of the day before `as_of`: **fit**, the strategic
  score in force (none: it has expired or nobody scored); **contract value**, what the contracts
  in force are worth a year, and their **contract types**. **Tenure**: whole months from
  `started_on` to `as_of`.

Under a roll-up a customer and all below it in the tree of parents are one unit: its sums are
those of its members, it began with the first of them, its fit is the best of theirs, its contract
types are all of theirs.
"""

import datetime
from dataclasses import dataclass, field, replace
from typing import Any

from tiering.engine.measure import Fact, Measure


@dataclass(frozen=True)
class Source:
    """Which entries are read, and of which customers ("": of all). `which` compares a customer's
    id, `params` are the values of the conditions.
    """

    entries: str
    are_seen: str
    which: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def among(self, column: str) -> str:
        return f"AND {column} {self.which}" if self.which else ""


def live() -> Source:
    """The entries as they are. The partial indexes of live entries answer for this alone."""
    return Source("customers_revenueentry entry", "entry.superseded_by_import_id IS NULL")


def live_halves(middle: int) -> tuple[Source, Source]:
    """The same in two: of the customers before this id, and of the others."""
    params = {"middle": middle}
    return (
        replace(live(), which="< %(middle)s", params=params),
        replace(live(), which=">= %(middle)s", params=params),
    )


def seen_by(cutoff: int, *, customers: list[int] | None = None) -> Source:
    """The entries that an evaluation with this cut-off read."""
    return Source(
        """customers_revenueentry entry
               JOIN customers_import import
                 ON import.id = entry.import_id AND import.applied_no <= %(cutoff)s
               LEFT JOIN customers_import correction
                 ON correction.id = entry.superseded_by_import_id""",
        "(correction.id IS NULL OR correction.applied_no > %(cutoff)s)",
        "" if customers is None else "= ANY(%(customers)s)",
        {"cutoff": cutoff, "customers": customers},
    )


# Customers in a circle of parents have no root: each is one by itself.
_TREE = """
SELECT customer.id AS customer_id, customer.id AS root
  FROM customers_customer customer WHERE customer.parent_id IS NULL {among}
 UNION ALL
SELECT child.id, tree.root
  FROM customers_customer child JOIN tree ON child.parent_id = tree.customer_id
"""

_UNITS = """
WITH RECURSIVE tree AS ({tree}),
alone AS MATERIALIZED (
    SELECT sums.*, coalesce(tree.root, sums.customer_id) AS root
      FROM ({sums}) sums LEFT JOIN tree USING (customer_id)
), unit AS MATERIALIZED (
    SELECT root, count(*) AS members, {columns} FROM alone GROUP BY root
)
"""


@dataclass(frozen=True)
class Reading:
    """SQL over one measure and date, with its `params`. A column belongs to `alone`, a customer's
    own sums, or to `unit`, those it is judged by.
    """

    measure: Measure
    as_of: datetime.date
    source: Source

    @property
    def params(self) -> dict[str, Any]:
        start, silent_since = self.measure.start(self.as_of), self.measure.silent_since(self.as_of)
        return {
            **self.source.params,
            "start": start,
            "as_of": self.as_of,
            "silent_since": silent_since,
            "earliest": min(start, silent_since) if self.measure.tells_dormant else start,
        }

    def facts(self) -> str:
        """A row for each customer; what the measure does not ask for has no column."""
        measure, unit = self.measure, self._unit
        columns = {
            "customer_id": "alone.customer_id",
            "revenue": self.revenue,
            "cost": "alone.cost",
            "entries": "alone.entries",
        }
        if measure.weighs:
            columns["booked"] = f"nullif(alone.booked, {self.own_revenue})"
        if measure.has_first_months:
            columns |= {"provisional": self.provisional, "months": self.months}
        if measure.tells_dormant:
            columns["dormant"] = f"{unit}.dormant"
        if measure.reads_expenses:
            columns["expenses"] = "alone.expenses"
            columns["guard_revenue"] = f"{unit}.booked"
            columns["guard_profit"] = self.profit
        columns |= self._criteria(unit)
        if measure.rolls_up:
            columns["own_revenue"] = self.own_revenue
            columns["in_group"] = "unit.members > 1"
            columns["is_head"] = "unit.root = alone.customer_id"
        return self.select(columns)

    @property
    def in_full(self) -> dict[str, str]:
        """Every fact as a column, for `select`: of a measure that reads one-offs and expenses."""
        unit, measure = self._unit, self.measure
        provisional = self.provisional if measure.has_first_months else "false"
        months = self.months if measure.has_first_months else "NULL::int"
        return {
            "customer_id": "alone.customer_id",
            "revenue": self.revenue,
            "own_revenue": self.own_revenue,
            "booked": f"{unit}.booked",
            "one_off": f"{unit}.one_off",
            "expenses": f"coalesce({unit}.expenses, 0)",
            "cost": f"{unit}.cost",
            "basis": f"""CASE WHEN {provisional} THEN 'provisional'
                WHEN {months} IS NOT NULL THEN 'annualised' ELSE 'full' END""",
            "months": months,
            "is_dormant": f"{unit}.dormant" if measure.tells_dormant else "false",
            "members": "unit.members" if measure.rolls_up else "1",
            **self._criteria(unit),
        }

    def _criteria(self, unit: str) -> dict[str, str]:
        """What stands beside the ledgers, as far as it is asked for."""
        beside = self.measure.beside
        found = {}
        if Fact.STRATEGIC_FIT in beside:
            found["fit"] = f"{unit}.fit"
        if Fact.TENURE in beside:
            found["tenure"] = self._whole_months
        if Fact.CONTRACT_VALUE in beside:
            found["contract_value"] = f"coalesce({unit}.contract_value, 0)"
        if Fact.CONTRACT_TYPE in beside:
            found["contract_types"] = f"{unit}.contract_types"
        return found

    def beside(self) -> tuple[str, dict[str, str]]:
        """The same without the ledgers: a table `alone`, and its columns by their names."""
        columns, joins = self._beside()
        table = f"""(SELECT {", ".join(["customer.id AS customer_id", *columns])}
                       FROM customers_customer customer {" ".join(joins)}) alone"""
        return table, self._criteria("alone")

    def select(self, columns: dict[str, str]) -> str:
        selected = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        if not self.measure.rolls_up:
            return f"SELECT {selected} FROM ({self._sums()}) alone"
        units = _UNITS.format(
            tree=_TREE.format(among=self.source.among("customer.id")),
            sums=self._sums(),
            columns=", ".join(self._unit_columns()),
        )
        return f"{units} SELECT {selected} FROM alone JOIN unit USING (root)"

    @property
    def revenue(self) -> str:
        return self._revenue(self._unit)

    @property
    def own_revenue(self) -> str:
        """The customer's own part of its unit's revenue."""
        return self._revenue("alone")

    @property
    def profit(self) -> str:
        return f"{self._unit}.booked - coalesce({self._unit}.expenses, 0) - {self._unit}.cost"

    @property
    def provisional(self) -> str:
        since = f"{self._unit}.started_on"
        whole = f"make_interval(months => {self.measure.cold_start_months})"
        return f"coalesce(({since} + {whole})::date > %(as_of)s, false)"

    @property
    def months(self) -> str:
        """The months that a projected revenue rests on; NULL where none is projected."""
        is_young = f"({self.provisional} OR {self._begun} < {self.measure.window_months})"
        return f"CASE WHEN {is_young} AND NOT {self._goes_by_contract} THEN {self._begun} END"

    @property
    def _goes_by_contract(self) -> str:
        """A contract says what it is worth, though little of it may have been booked yet."""
        return f"({self.provisional} AND coalesce({self._unit}.contract_value, 0) > 0)"

    @property
    def _unit(self) -> str:
        return "unit" if self.measure.rolls_up else "alone"

    def _revenue(self, sums: str) -> str:
        """To the four decimals of a money column, so that what is stored is what decided."""
        weight, window = self.measure.one_off_weight, self.measure.window_months
        if not self.measure.weighs:
            return f"{sums}.booked"
        full = f"round({sums}.booked - {1 - weight:f} * {sums}.one_off, 4)"
        if not self.measure.has_first_months:
            return full
        # The decimals make the quotient exact enough to be rounded once.
        recurring = f"({sums}.booked - {sums}.one_off)"
        projected = f"{recurring} * {window}.0000000000 / {self._begun}"
        contracted = f"coalesce({sums}.contract_value, 0) * {window}.0000000000 / 12"
        return f"""CASE WHEN {self._goes_by_contract} THEN round({contracted}, 4)
            WHEN {self.provisional} THEN round({projected}, 4)
            WHEN {self._begun} < {window} THEN round({projected} + {weight:f} * {sums}.one_off, 4)
            ELSE {full} END"""

    @property
    def _begun(self) -> str:
        """Months since the start, at most those of the window; NULL where no start is noted."""
        last = self.as_of - datetime.timedelta(days=1)
        since = f"{self._unit}.started_on"
        begun = f"""{last.year * 12 + last.month + 1}
            - (extract(year FROM {since}) * 12 + extract(month FROM {since}))::int"""
        # greatest and least pass over NULL: without a start there are no months.
        months = f"least(greatest({begun}, 1), {self.measure.window_months})"
        return f"(CASE WHEN {since} IS NOT NULL THEN {months} END)"

    @property
    def _whole_months(self) -> str:
        """From the start to `as_of`; the start's day is clamped in shorter months."""
        since = f"{self._unit}.started_on"
        months = f"""({self.as_of.year * 12 + self.as_of.month}
            - extract(year FROM {since}) * 12 - extract(month FROM {since}))::int"""
        is_early = f"({since} + make_interval(months => {months}))::date > %(as_of)s"
        return f"({months} - CASE WHEN {is_early} THEN 1 ELSE 0 END)"

    def _unit_columns(self) -> list[str]:
        measure = self.measure
        sums = ["booked", "cost"]
        sums += ["one_off"] if measure.reads_one_offs else []
        sums += ["expenses"] if measure.reads_expenses else []
        columns = [f"sum({name}) AS {name}" for name in sums]
        if measure.tells_dormant:
            columns.append("bool_and(dormant) AS dormant")
        if measure.reads_starts:
            columns.append(
                "CASE WHEN bool_and(started_on IS NOT NULL) THEN min(started_on) END AS started_on"
            )
        if Fact.STRATEGIC_FIT in measure.beside:
            columns.append("max(fit) AS fit")
        if measure.reads_contracts:
            columns.append("sum(contract_value) AS contract_value")
            columns.append("string_agg(contract_types, ',') AS contract_types")
        return columns

    def _sums(self) -> str:
        """Every customer's own sums: joins of what both ledgers deliver in order."""
        measure = self.measure
        columns = [
            "customer.id AS customer_id",
            "coalesce(ledger.booked, 0) AS booked",
            "coalesce(ledger.entries, 0) AS entries",
            "coalesce(work.cost, 0) AS cost",
        ]
        joins = [self._ledger(), self._work()]
        if measure.reads_one_offs:
            columns.append("coalesce(one_offs.amount, 0) AS one_off")
            joins.append(
                self._entries("one_offs", "sum(entry.amount) AS amount", "entry.kind = 'one_off'")
            )
        if measure.reads_expenses:
            columns.append("direct.expenses")
            joins.append(
                self._entries("direct", "sum(entry.cost) AS expenses", "entry.cost IS NOT NULL")
            )
        if measure.tells_dormant:
            is_silent = "coalesce(ledger.recent, 0) = 0"
            columns.append(f"{is_silent} AND contracted.customer_id IS NULL AS dormant")
        more_columns, more_joins = self._beside()
        columns += more_columns
        joins += more_joins
        return f"""SELECT {", ".join(columns)} FROM customers_customer customer {" ".join(joins)}
            WHERE true {self.source.among("customer.id")}"""

    def _beside(self) -> tuple[list[str], list[str]]:
        """Columns and joins of what stands beside the ledgers."""
        columns, joins = [], []
        if self.measure.reads_starts:
            columns.append("customer.started_on")
        if Fact.STRATEGIC_FIT in self.measure.beside:
            columns.append("score.value AS fit")
            joins.append("""
            LEFT JOIN customers_strategicscore score ON score.customer_id = customer.id
                  AND score.valid_from < %(as_of)s AND score.valid_until >= %(as_of)s""")
        if self.measure.reads_contracts:
            columns += ["contracted.value AS contract_value", "contracted.types AS contract_types"]
            joins.append(self._contracts())
        return columns, joins

    def _contracts(self) -> str:
        return f"""
            LEFT JOIN (SELECT contract.customer_id,
                              sum(coalesce(revision.annual_value, 12 * revision.monthly_fee))
                                AS value,
                              string_agg(contract.template, ',') AS types
                         FROM customers_contract contract
                         JOIN customers_contractrevision revision
                           ON revision.contract_id = contract.id
                        WHERE revision.valid_from < %(as_of)s
                          AND (revision.valid_to IS NULL OR revision.valid_to >= %(as_of)s)
                              {self.source.among("contract.customer_id")}
                        GROUP BY contract.customer_id) contracted
                   ON contracted.customer_id = customer.id"""

    def _ledger(self) -> str:
        if not self.measure.tells_dormant:
            return self._entries("ledger", "sum(entry.amount) AS booked, count(*) AS entries")
        columns = """sum(entry.amount) FILTER (WHERE entry.date >= %(start)s) AS booked,
            count(*) FILTER (WHERE entry.date >= %(start)s) AS entries,
            count(*) FILTER (WHERE entry.date >= %(silent_since)s) AS recent"""
        return self._entries("ledger", columns, since="earliest")

    def _entries(
        self, name: str, columns: str, condition: str = "true", *, since: str = "start"
    ) -> str:
        return f"""
            LEFT JOIN (SELECT entry.customer_id, {columns} FROM {self.source.entries}
                        WHERE {self.source.are_seen} AND {condition}
                          AND entry.date >= %({since})s AND entry.date < %(as_of)s
                              {self.source.among("entry.customer_id")}
                        GROUP BY entry.customer_id) {name} ON {name}.customer_id = customer.id"""

    def _work(self) -> str:
        return f"""
            LEFT JOIN (SELECT customer_id, sum(cost) AS cost FROM customers_activityslice
                        WHERE day >= %(start)s AND day < %(as_of)s
                              {self.source.among("customer_id")}
                        GROUP BY customer_id) work ON work.customer_id = customer.id"""
