"""A peer's figure stands in a bench only when it was measured in that run with right changes."""

from pathlib import Path

import pytest

from bench import _peers as peers
from bench.intake import row

NODE_RED = (
    "node-red mode=a N=10000 T=50 rate=0.0: finished=True 86,123 readings/s wall; cpu 7.2s; "
    "digest ok={ok} ('e25b', 658, 380); latency ms p50 134.5 p99 203.8 max 312.0\n"
)
PROMETHEUS = (
    "distinct alert instances received 880 posts 60\nunmatched {missed}\n"
    "prometheus N=10000 75s: oracle raises 900, alerts matched {seen}; "
    "latency from due tick ms p50 703 p99 747\n"
)


def test_a_checked_peer_is_read() -> None:
    told = peers.checked(NODE_RED.format(ok=True))
    assert peers.speed_of(told) == 86_123
    p50, p99 = peers.latency_of("Node-RED", told)
    assert (p50.value, p99.value) == (134.5, 203.8)


@pytest.mark.parametrize(
    "told", [NODE_RED.format(ok=False), NODE_RED.format(ok=True).replace("=True 86", "=False 86")]
)
def test_a_peer_with_wrong_changes_has_no_figure(told: str) -> None:
    with pytest.raises(peers.Absent, match="not those of the workload"):
        peers.checked(told)


def test_raises_early_at_the_start_or_under_way_at_the_end_are_forgiven() -> None:
    told = PROMETHEUS.format(missed="141 {5: 133, 9: 3, 74: 5}", seen=759)
    assert peers.complete(told, seconds=75) == told


def test_missed_raises_are_not() -> None:
    with pytest.raises(peers.Absent, match="missed 30 raises"):
        peers.complete(PROMETHEUS.format(missed="163 {5: 133, 60: 30}", seen=737), seconds=75)


def test_what_is_not_here_leaves_the_row_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peers, "PLACE", tmp_path)
    found = peers.prometheus_latency(sensors=10, seconds=1)
    assert found is None
    assert "Prometheus: no figure" in capfd.readouterr().err
    told = row("intake_latency_p99", 20.0, unit="ms", peer=None)
    assert (told["peer"], told["peer_value"], told["ratio"]) == (None, None, None)


def test_the_ratio_says_how_many_times_better() -> None:
    other = peers.Peer("other", 50.0)
    assert row("a", 100.0, peer=other)["ratio"] == 2.0
    assert row("b", 100.0, unit="ms", peer=other)["ratio"] == 0.5
