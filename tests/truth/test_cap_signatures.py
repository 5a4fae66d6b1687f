"""Signed alerts of three offices, of 2010 to 2013: what was signed then can be judged today."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from anlan.cap.sign import judge, verify

FILES = Path(__file__).resolve().parents[3] / "shared/data/protocols/cap"
NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def signed(request: pytest.FixtureRequest) -> bytes:
    path = FILES / str(request.param)
    if not path.exists():
        pytest.skip(f"{request.param} is not here (../shared/data/protocols/cap)")
    return path.read_bytes()


@pytest.mark.parametrize("signed", ["canada_signed.cap"], indirect=True)
def test_two_signed_the_document_without_any_signature(signed: bytes) -> None:
    """Strict removal of one signature fails on this file; removal of all holds for both."""
    state, warnings = judge(signed, NOW)
    assert state == "valid"
    assert warnings == (
        "weak: signature with SHA-1",
        "untimely: certificate valid from 2012-05-29 to 2018-05-30",
        "untimely: certificate valid from 2011-05-09 to 2015-07-10",
    )
    names = [judgement.certificates[0].subject for judgement in verify(signed)]
    assert "dss1.pelmorex.com" in names[0]
    assert "meteo.gc.ca" in names[1]


@pytest.mark.parametrize(
    "signed", ["earthquake_signed.cap", "earthquake-iso8859-1.cap"], indirect=True
)
def test_a_key_alone_is_enough_for_the_arithmetic(signed: bytes) -> None:
    assert judge(signed, NOW) == ("valid", ("weak: signature with SHA-1",))


@pytest.mark.parametrize(
    "signed",
    ["canada_signed.cap", "earthquake_signed.cap", "earthquake-iso8859-1.cap"],
    indirect=True,
)
def test_a_changed_word_is_seen(signed: bytes) -> None:
    changed = signed.replace(b"<status>Actual<", b"<status>Test<")
    assert changed != signed
    assert judge(changed)[0] == "invalid"


@pytest.mark.parametrize("signed", ["canada.cap", "earthquake.cap"], indirect=True)
def test_most_alerts_carry_none(signed: bytes) -> None:
    assert judge(signed, NOW) == ("absent", ())
