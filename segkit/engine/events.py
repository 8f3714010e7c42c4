"""Events to customers: the portable statements that reduce any number of rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from segkit.engine.columns import Projection

__all__ = ["DAY_ZERO", "FATES", "LARGE", "LAST_DAY", "UNREADABLE", "EventQueries"]

DAY_ZERO = date(1900, 1, 1)
"""Day number 0, a Monday: days become whole numbers, and weeks begin on Mondays."""
LAST_DAY = date(2199, 12, 31)
"""Later days, such as 9999-12-31, stand for something else."""

LARGE = 2.0**53
"""From this sum of cents on, doubles do not count every one."""
# The type in which cents are summed, and their sum as money: rounded once, to a double.
_DECIMAL = "DECIMAL(18, 0)", "CAST(CAST({} AS DECIMAL(30, 0)) * 0.01 AS DOUBLE)"
_DOUBLE = "DOUBLE", "{} / 100"

_EVENTS = """\
WITH events AS (
  {projection}
)"""

_LINES = """{events}, lines AS (
  SELECT {distinct}{columns} FROM events
  WHERE customer IS NOT NULL
    AND day BETWEEN DATE '{day_zero}' AND DATE '{last_day}'
    AND {counts}
)"""

# Lines are counted in doubles: DuckDB sums whole numbers in states twice as wide.
_DAYS = """{lines}, days AS (
  SELECT
    customer,
    day,
    CAST(COUNT(*) AS DOUBLE) AS line_count,
    SUM(CAST(cents AS {number})) AS net,
    SUM(CAST(cents AS {number})) > 0{or_zero} AS bought
  FROM lines
  GROUP BY customer, day
)"""

_CUSTOMERS = """{days}
SELECT
  customer,
  bought,
  {later} AS later,
  COUNT(*) AS day_count,
  CAST(SUM(line_count) AS BIGINT) AS line_count,
  DATE_DIFF('day', DATE '{day_zero}', MIN(day)) AS first_day,
  DATE_DIFF('day', DATE '{day_zero}', MAX(day)) AS last_day,
  {spend} AS spend,
  {repeat_spend} AS repeat_spend
FROM days
GROUP BY {kinds}
ORDER BY customer, bought, later"""

# Nearly all are paid: asked first, so that the other questions are seldom put.
_FATES = """{events}, fates AS (
  SELECT customer, cents, CASE
    WHEN customer IS NOT NULL AND cents > 0
      AND day BETWEEN DATE '{day_zero}' AND DATE '{last_day}' THEN 'paid'
    WHEN customer IS NULL THEN 'customer missing or unreadable'
    WHEN day BETWEEN DATE '{day_zero}' AND DATE '{latest}' THEN CASE
      WHEN cents IS NULL THEN 'amount missing or unreadable'
      WHEN day > DATE '{last_day}' THEN 'after the end'
      WHEN cents < 0 THEN 'refund'
      ELSE 'zero amount' END
    ELSE 'date missing or unreadable' END AS fate
  FROM events
)
SELECT
  fate,
  COUNT(*) AS line_count,
  COUNT(DISTINCT CASE WHEN fate <> 'paid' THEN customer END) AS customer_count,
  {money} AS money,
  SUM(ABS(CAST(cents AS DOUBLE))) AS cents
FROM fates
GROUP BY fate
ORDER BY fate"""

UNREADABLE = tuple(f"{column} missing or unreadable" for column in ("customer", "date", "amount"))
FATES = (*UNREADABLE, "after the end", "refund", "zero amount", "paid")
"""What a single event can be: the first that applies."""

_WEEKS = """{days}, weeks AS (
  SELECT customer, COUNT(*) AS day_count, COUNT(DISTINCT week) AS week_count
  FROM (
    SELECT customer, DATE_DIFF('day', DATE '{day_zero}', day)
      - MOD(DATE_DIFF('day', DATE '{day_zero}', day), 7) AS week
    FROM days
    WHERE bought AND day <= DATE '{split_day}'
  ) AS numbered
  GROUP BY customer
)
SELECT
  COUNT(*) AS customer_count,
  CAST(SUM(day_count - week_count) AS BIGINT) AS day_count
FROM weeks
WHERE day_count > week_count"""

_LATER = """{lines}
SELECT
  COUNT(DISTINCT customer) AS customer_count,
  COUNT(*) AS line_count,
  CAST(CAST(SUM(CAST(cents AS DECIMAL(18, 0))) AS DECIMAL(30, 0)) * 0.01 AS DOUBLE) AS money
FROM lines
WHERE day > DATE '{day}'"""

_COPIES = """{lines}
SELECT
  COUNT(DISTINCT customer) AS customer_count,
  CAST(SUM(copies - 1) AS BIGINT) AS line_count,
  CAST(
    CAST(SUM(CAST(cents AS DECIMAL(18, 0)) * (copies - 1)) AS DECIMAL(30, 0)) * 0.01 AS DOUBLE
  ) AS money
FROM (
  SELECT customer, cents, COUNT(*) AS copies
  FROM lines
  GROUP BY {columns}
  HAVING COUNT(*) > 1
) AS copied"""


@dataclass(frozen=True)
class EventQueries:
    """The statements over one projection of events; each is one portable text.

    An event counts if its customer, day and amount can be read and its day lies between
    `DAY_ZERO` and `last_day`. A purchase is a customer's day with a positive sum of amounts.

    Parameters
    ----------
    projection : Projection
        The events under canonical names.
    last_day : datetime.date
        Later events do not count.
    split_day : datetime.date
        Days after it are told apart from those until then.
    distinct : bool
        Count events that are equal in every column once.
    zeros_buy : bool
        Whether a day of nothing but zero amounts is a purchase.
    net_refunds : bool
        Take negative amounts into the day's sum; else they do not count.
    large : bool, default False
        The cents of all events reach `LARGE`: they are summed as decimals. Below it doubles
        sum whole cents exactly too, in any order and for less.
    """

    projection: Projection
    last_day: date
    split_day: date
    distinct: bool
    zeros_buy: bool
    net_refunds: bool
    large: bool = False

    @property
    def customers(self) -> str:
        """A row per customer and kind of day: bought or not, until the split day or later."""
        later = f"day > DATE '{self.split_day}'"
        if self.split_day == self.last_day:
            return self._over_days(_CUSTOMERS, later="FALSE", kinds="customer, bought")
        return self._over_days(_CUSTOMERS, later=later, kinds=f"customer, bought, {later}")

    @property
    def weeks(self) -> str:
        """One row: repeat purchases lost if a customer's purchases merge by week, and whose."""
        return self._over_days(_WEEKS)

    @property
    def fates(self) -> str:
        """A row per fate of a single event: how many, whose and how much; cents without sign."""
        number, money = self._money
        return _FATES.format(
            events=self._events,
            day_zero=DAY_ZERO,
            last_day=self.last_day,
            latest=LAST_DAY,
            money=money.format(f"SUM(CAST(cents AS {number}))"),
        )

    def later_than(self, day: date) -> str:
        """One row: the events that count and are later than a day; whose and how much."""
        return _LATER.format(lines=self._lines(distinct=self.distinct), day=day)

    @property
    def copies(self) -> str:
        """One row: events equal to an earlier one in every column; whose and how much."""
        return _COPIES.format(lines=self._lines(distinct=False), columns=self._columns)

    @property
    def _money(self) -> tuple[str, str]:
        return _DECIMAL if self.large else _DOUBLE

    @property
    def _columns(self) -> str:
        return ", ".join(self.projection.columns)

    @property
    def _events(self) -> str:
        return _EVENTS.format(projection=self.projection.sql)

    def _lines(self, *, distinct: bool) -> str:
        return _LINES.format(
            events=self._events,
            distinct="DISTINCT " if distinct else "",
            columns=self._columns,
            day_zero=DAY_ZERO,
            last_day=self.last_day,
            counts="priced" if self.net_refunds else "cents >= 0",
        )

    def _over_days(self, statement: str, **parts: str) -> str:
        number, money = self._money
        days = _DAYS.format(
            lines=self._lines(distinct=self.distinct),
            number=number,
            or_zero=" OR MAX(ABS(cents)) = 0" if self.zeros_buy else "",
        )
        return statement.format(
            days=days,
            day_zero=DAY_ZERO,
            split_day=self.split_day,
            spend=money.format("SUM(net)"),
            repeat_spend=money.format("(SUM(net) - ARG_MIN(net, day))"),
            **parts,
        )
