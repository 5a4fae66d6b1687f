"""Both readings of the law: each scenario runs through the oracle and through the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pytest

from tests.law.case import MINUTE, Case
from tests.oracle_told import Row, Told


@dataclass(frozen=True)
class Seen:
    """What both said."""

    told: list[Told]
    verdicts: list[str]

    @property
    def lines(self) -> list[str]:
        """`5 raised blue`: minute, kind, and the level entered, left (cleared) or standing."""
        return [line(told) for told in self.told]


class Both(Protocol):
    def __call__(self, case: Case, rows: Sequence[Row], ticks: str = "inline") -> Seen: ...


def line(told: Told) -> str:
    level = told.before if told.kind == "cleared" else told.after
    return f"{told.at / MINUTE:g} {told.kind} {level.word or 'none'}"


@pytest.fixture(scope="session")
def both() -> Both:
    """Runs a case through the oracle and the engine, which must agree in all that they say."""

    def run(case: Case, rows: Sequence[Row], ticks: str = "inline") -> Seen:
        told, verdicts = case.by_oracle(rows, ticks)
        by_engine = case.by_engine(rows, ticks)
        assert by_engine == (told, verdicts)
        return Seen(told, verdicts)

    return run
