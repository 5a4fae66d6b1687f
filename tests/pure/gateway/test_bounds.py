"""As many connections as files: all listeners share what the process can open."""

import logging
from ipaddress import ip_network

import pytest

from anlan.live.gateway.bounds import FULL, OWN_FILES, Crowd, Files, Most

EVERYWHERE = [ip_network("0.0.0.0/0")]


def crowd(files: Files | None, in_all: int = 10_000) -> Crowd:
    return Crowd(Most(in_all, per_address=in_all), EVERYWHERE, files)


def come(one: Crowd, most: int) -> int:
    """How many of so many devices are let in."""
    for n in range(most):
        if one.reason_against("10.0.0.1"):
            return n
        one.enter("10.0.0.1")
    return most


def test_the_only_listener_that_is_used_has_all_files(caplog: pytest.LogCaptureFixture) -> None:
    files = Files(OWN_FILES + 500)
    used, *_others = (crowd(files) for _ in range(13))
    assert come(used, 500) == 500
    assert caplog.records == []


def test_who_finds_no_file_left_is_turned_away_and_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    files = Files(OWN_FILES + 3)
    first, second = crowd(files), crowd(files)
    assert (come(first, 2), come(second, 2)) == (2, 1)
    assert {first.reason_against("10.0.0.1"), second.reason_against("10.0.0.2")} == {FULL}
    (told,) = caplog.records
    assert told.levelno == logging.WARNING
    assert f"only {OWN_FILES + 3} files" in told.getMessage()
    first.leave("10.0.0.1")
    assert come(second, 2) == 1


def test_one_device_may_come_however_few_files_there_are() -> None:
    assert come(crowd(Files(100)), 2) == 1


def test_a_listener_has_its_own_most_besides(caplog: pytest.LogCaptureFixture) -> None:
    assert come(crowd(Files(OWN_FILES + 9), in_all=4), 9) == 4
    assert come(crowd(None, in_all=4), 9) == 4
    assert caplog.records == []
