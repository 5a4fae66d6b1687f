"""Identification and grading of major hazards 重大危险源 after GB 18218-2018.

S = Σ qᵢ/Qᵢ, a major hazard when S ≥ 1; R = α Σ βᵢ qᵢ/Qᵢ gives the grade. Everything is
computed in fractions, so that a value on a boundary stays on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from anlan.terms.errors import Malformed, OutOfRange

source = "GB 18218-2018, 4.1, 4.2, 4.3, tables 1 to 6"
valid = "quantities in tonnes, ≥ 0; persons within 500 m of the site boundary, ≥ 0"
checked_against = "cases worked by hand from the formula; no official worked case was found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """A named substance of table 1: critical quantity in t; category of table 2 where known."""

    number: int
    name: str
    cas: str
    critical_t: Fraction
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A category of table 2 with its correction factor β of table 4."""

    symbol: str
    title: str
    critical_t: Fraction
    beta: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The standard's tables.

    toxic: substance number → β of table 3 · people: (persons at least, α), highest first ·
    grades: (R at least, grade 1–4), highest first.
    """

    substances: Sequence[Substance]
    categories: Mapping[str, Category]
    toxic: Mapping[int, Fraction]
    people: Sequence[tuple[int, Fraction]]
    grades: Sequence[tuple[Fraction, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """One substance in a unit: by name, CAS number or category; tonnes as designed at most."""

    tonnes: Fraction
    substance: str = ""
    cas: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one stock adds: q/Q to S and β·q/Q to R before α."""

    name: str
    tonnes: Fraction
    critical_t: Fraction
    beta: Fraction
    beta_from: str

    @property
    def share(self) -> Fraction:
        return self.tonnes / self.critical_t

    @property
    def weighted(self) -> Fraction:
        return self.beta * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """S, α, R of one unit; grade 1 (一级, the highest) to 4, None when S < 1."""

    parts: tuple[Part, ...]
    s: Fraction
    alpha: Fraction
    r: Fraction
    grade: int | None

    @property
    def is_major_hazard(self) -> bool:
        return self.s >= 1


def assess(stocks: Sequence[Stock], persons: int, tables: Tables) -> Assessment:
    """S, R and grade of one production or storage unit.

    Raises OutOfRange for negative numbers, Malformed for a substance that cannot be placed.
    """
    if persons < 0:
        raise OutOfRange(f"persons within 500 m cannot be negative: {persons}")
    parts = tuple(part_of(stock, tables) for stock in stocks)
    s = sum((part.share for part in parts), Fraction(0))
    alpha = next(factor for least, factor in tables.people if persons >= least)
    r = alpha * sum((part.weighted for part in parts), Fraction(0))
    grade = next((grade for least, grade in tables.grades if r >= least), None) if s >= 1 else None
    return Assessment(parts=parts, s=s, alpha=alpha, r=r, grade=grade)


def part_of(stock: Stock, tables: Tables) -> Part:
    """The critical quantity and β of one stock: table 1 first, else its category."""
    if stock.tonnes < 0:
        raise OutOfRange(f"a quantity cannot be negative: {float(stock.tonnes):g} t")
    named = find_substance(stock, tables)
    if named is None:
        category = find_category(stock.category, tables)
        return Part(
            name=stock.substance or category.symbol,
            tonnes=stock.tonnes,
            critical_t=category.critical_t,
            beta=category.beta,
            beta_from=f"table 4, {category.symbol}",
        )
    beta, beta_from = beta_of(named, stock.category, tables)
    return Part(
        name=named.name,
        tonnes=stock.tonnes,
        critical_t=named.critical_t,
        beta=beta,
        beta_from=beta_from,
    )


def find_substance(stock: Stock, tables: Tables) -> Substance | None:
    """The named substance, or None when only a category is given; Malformed if ambiguous."""
    if not stock.substance and not stock.cas:
        return None
    exact = [s for s in tables.substances if stock.substance and s.name == stock.substance]
    found = exact or [s for s in tables.substances if stock.cas and s.cas == stock.cas]
    found = found or [s for s in tables.substances if stock.substance in names_of(s.name)]
    if len(found) > 1:
        names = "; ".join(s.name for s in found)
        raise Malformed(f"{stock.substance or stock.cas} is several rows of table 1: {names}")
    if not found and not stock.category:
        name = stock.substance or stock.cas
        raise Malformed(f"{name} is not in table 1: give its category of table 2, such as W5.3")
    return found[0] if found else None


def beta_of(named: Substance, category: str, tables: Tables) -> tuple[Fraction, str]:
    """β of a named substance: table 3 for toxic gases, else table 4 by its category."""
    if named.number in tables.toxic:
        return tables.toxic[named.number], "table 3"
    symbol = category or named.category
    if not symbol:
        raise Malformed(f"{named.name}: give its hazard category (table 4), such as W1.1, for β")
    return find_category(symbol, tables).beta, f"table 4, {symbol}"


def find_category(symbol: str, tables: Tables) -> Category:
    """The category of table 2 and 4 by its symbol."""
    if not symbol:
        raise Malformed("a stock needs a substance, a cas or a category")
    if symbol not in tables.categories:
        known = ", ".join(tables.categories)
        raise Malformed(f"no category {symbol!r} in table 2: {known}")
    return tables.categories[symbol]


def names_of(name: str) -> set[str]:
    """The short names in a row of table 1: 碳酰氯 and 光气 of 碳酰氯(光气)."""
    outer, _, inner = name.replace("[", "(").replace("]", ")").partition("(")
    return {part.strip() for part in (*outer.split(","), inner.rstrip(")")) if part.strip()}
