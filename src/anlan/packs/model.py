"""A pack as read: frozen values, no files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from anlan.engine.rules import Gate, Group, RuleSet
from anlan.packs.units import Unit
from anlan.terms.changes import Kind
from anlan.terms.levels import Level
from anlan.terms.response import ResponseLevel
from anlan.terms.sensors import Limit

ATTRIBUTE_TYPES = ("number", "text", "choice", "flag", "date", "table")
CHART_KINDS = ("line", "bar", "step")
TEST_CASES = ("raise", "border", "quiet")


@dataclass(frozen=True, slots=True)
class Words:
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a number comes from.

    standard, clause: the document · read_in: the text that was actually read ·
    unverified: what is still to be checked, and None only when the document itself was read ·
    approver: who answers for a value that a city's overlay put in place.
    """

    standard: str = ""
    clause: str = ""
    read_in: str = ""
    unverified: Words | None = None
    approver: str = ""

    @property
    def is_verified(self) -> bool:
        return bool(self.standard) and not self.unverified

    @property
    def text(self) -> str:
        """One line for evidence and pages."""
        parts = [part for part in (self.standard, self.clause) if part]
        if self.approver:
            parts.append(f"approved by {self.approver}")
        if not self.is_verified:
            parts.append("unverified")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantitySpec:
    """One quantity 监测量: unit, plausible range and gate, with what they rest on.

    states: what each of its values is called, for a quantity that is no amount.
    """

    name: str
    title: Words
    unit: str
    display: Unit
    gate: Gate
    basis: str
    states: Mapping[int, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A field of an object type; type is one of ATTRIBUTE_TYPES, `table` names a pack table."""

    name: str
    title: Words
    type: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    table: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """A kind of observed object 监测对象; sensors: quantity → how many are expected at least."""

    name: str
    title: Words
    icon: str
    attributes: tuple[Attribute, ...]
    sensors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Quantities drawn together over `span_ms`."""

    name: str
    title: Words
    quantities: tuple[str, ...]
    kind: str
    span_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """One thing to do at a level; rules: keys it belongs to, empty for the whole pack."""

    level: Level
    text: Words
    source: Source
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a warning of this hazard is about, and what it says at first.

    code: of the national table of events · category: CAP's word · rules: keys whose alarms suggest
    it, empty for all · valid_ms: how long it holds unless somebody says otherwise · buffer_m: how
    far round an object, 0 for no circle · description, caution, ended: texts with `{places}`, see
    `PLACES` in `packs.warning`.
    """

    name: str
    code: str
    title: Words
    category: str
    rules: tuple[str, ...]
    valid_ms: int
    buffer_m: float
    description: Words
    caution: Words
    ended: Words
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who signs the warnings of a level: a post of one of these roles, over a region so wide.

    region: the smallest level of jurisdiction that will do · answer_ms: how long whoever is asked
    has to answer before the deputy is.
    """

    roles: tuple[str, ...]
    region: str
    answer_ms: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Calling:
    """Whether who answers for a place must confirm a warning of a level.

    answer_ms: how long one has to, before the next of the responsibility tree is asked · tiers:
    how many are asked one after the other before the desk must; 0 for nobody.
    """

    answer_ms: int
    tiers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushing:
    """Who is told of a risk of a level, and within what it is dealt with.

    seats: in the words of `packs.warning.SEATS` · take_ms, report_ms, close_ms: from the opening
    until somebody has taken it over, first says what was done, has it closed · unverified: what to
    check where no document says so.
    """

    seats: tuple[str, ...]
    take_ms: int
    report_ms: int
    close_ms: int
    unverified: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lower:
    """How limits of a quantity are lowered while an official warning stands; one way of three.

    quantity: without the pack · levels: of the limits, empty for all of them · factor: of the
    limit, between 0 and 1 · by: so much, in the quantity's unit · grade: to the limit so many
    levels below. Lower is what is reached earlier: a limit that is reached from above rises.
    """

    quantity: str
    levels: tuple[Level, ...] = ()
    factor: float | None = None
    by: float | None = None
    grade: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What an official warning of a kind and level bears upon, for a hazard.

    name: that of its kind in the pack · codes: of the national table of events · lower: which
    limits, and how · is_automatic: nobody has to confirm that · response: that it suggests, with
    the reason.
    """

    name: str
    codes: tuple[str, ...]
    level: Level
    lower: tuple[Lower, ...]
    is_automatic: bool
    response: ResponseLevel | None
    reason: Words
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleNote:
    """What a person reads about a rule: title, the meaning and the source of each level."""

    title: Words
    sources: Mapping[Level, Source] = field(default_factory=dict)
    marks: Mapping[Level, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """One reading of a rule test, `offset_ms` after its start."""

    sensor: str
    offset_ms: int
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A change that a rule test expects; before is None where the test does not say."""

    offset_ms: int
    scope: str
    kind: Kind
    after: Level
    before: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """Readings and the changes of one rule that they must cause, no more and no fewer."""

    rule: str
    case: Literal["raise", "border", "quiet"]
    name: str
    start_ms: int
    sensors: Mapping[str, str]
    objects: Mapping[str, str]
    readings: tuple[Given, ...]
    expected: tuple[Expected, ...]
    limits: tuple[Limit, ...] = ()
    groups: tuple[Group, ...] = ()
    interval_ms: int | None = None
    until_ms: int | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table of a standard as data: column names and rows of numbers and texts."""

    name: str
    title: Words
    source: Source
    columns: tuple[str, ...]
    rows: tuple[tuple[float | str, ...], ...]
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One value that a city's overlay put in place of the pack's."""

    key: str
    before: object
    after: object
    source: str
    approver: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A hazard domain: everything anlan knows of it; icons: the path of each drawing by name."""

    name: str
    version: str
    title: Words
    about: Words
    icon: str
    icons: Mapping[str, str]
    object_types: Mapping[str, ObjectType]
    quantities: Mapping[str, QuantitySpec]
    rule_set: RuleSet
    notes: Mapping[str, RuleNote]
    rule_tests: tuple[RuleTest, ...]
    guidance: tuple[Guidance, ...]
    charts: tuple[Chart, ...]
    sheets: Mapping[str, Sheet]
    events: Mapping[str, Event] = field(default_factory=dict)
    signing: Mapping[Level, Signing] = field(default_factory=dict)
    calling: Mapping[Level, Calling] = field(default_factory=dict)
    pushing: Mapping[Level, Pushing] = field(default_factory=dict)
    bearings: tuple[Bearing, ...] = ()
    overrides: tuple[Override, ...] = ()
