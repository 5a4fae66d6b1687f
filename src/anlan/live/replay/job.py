"""One replay as asked for on the command line: files in, files out, all or none."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.engine.plan import Plan, compile_plan
from anlan.engine.rules import SpikePolicy
from anlan.live.replay import summary
from anlan.live.replay.lines import change_lines
from anlan.live.replay.outputs import all_or_none, check_targets
from anlan.live.replay.reading.faults import Faults
from anlan.live.replay.reading.registers import read_events, read_limits, read_sensors
from anlan.live.replay.report.page import report
from anlan.live.replay.run import Progress, replay, with_options
from anlan.packs import load_pack, own_shelf
from anlan.packs.shelf import check_overlay

_MOST_WARNINGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What readings are judged by: registers, pack and what overrides the pack."""

    sensors: Path
    limits: Path
    pack: str
    overlay: Path | None = None
    gate: SpikePolicy | None = None
    on_delay_ms: int | None = None
    off_delay_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A replay: readings and rules in, the named files out."""

    readings: Path
    rules: Rules
    out: Path
    summary: Path | None = None
    report: Path | None = None
    events: Path | None = None


def plan_of(rules: Rules, warn: Callable[[str], None]) -> Plan:
    """The plan of the registers under the pack; Malformed names the file and line at fault."""
    check_overlay(rules.overlay, own_shelf())
    pack = load_pack(rules.pack, rules.overlay)
    sensors = read_sensors(rules.sensors, quantities=dict(pack.quantities), pack=rules.pack)
    limits, doubts = read_limits(rules.limits, sensors)
    rule_set = with_options(
        pack.rule_set,
        gate=rules.gate,
        on_delay_ms=rules.on_delay_ms,
        off_delay_ms=rules.off_delay_ms,
    )
    plan = compile_plan(sensors, limits, [rule_set])
    doubts += plan.warnings
    for doubt in doubts[:_MOST_WARNINGS]:
        warn(doubt)
    if len(doubts) > _MOST_WARNINGS:
        warn(f"and {len(doubts) - _MOST_WARNINGS} more of the same")
    return plan


def run_job(job: Job, *, warn: Callable[[str], None], progress: Progress) -> Faults:
    """Runs the replay and writes its files; gives what was refused.

    Raises an AnlanError, and writes nothing, where a file cannot be read or written.
    """
    began = time.perf_counter()
    read = (job.readings, job.rules.sensors, job.rules.limits, job.events)
    written = (job.out, job.summary, job.report)
    check_targets(filter(None, written), filter(None, read))
    plan = plan_of(job.rules, warn)
    events = read_events(job.events) if job.events is not None else None
    replayed = replay(job.readings, plan, progress=progress)
    with all_or_none() as outputs:
        digest = summary.Digest()
        lines = change_lines(replayed.engine, replayed.changes)
        outputs.write(job.out, digest.passing(lines))
        facts = summary.summary_of(
            replayed, digest=digest.text, seconds=time.perf_counter() - began
        )
        if job.report is not None:
            about = {**_about(job), "summary": facts}
            pages = report(replayed, about=about, readings=job.readings, events=events)
            outputs.write(job.report, pages)
        if job.summary is not None:
            outputs.write(job.summary, [summary.as_bytes(facts)])
    return replayed.faults


def _about(job: Job) -> dict[str, Any]:
    pack = load_pack(job.rules.pack, job.rules.overlay)
    files = (job.readings, job.rules.sensors, job.rules.limits, job.events)
    return {
        "pack": pack.name,
        "title": (pack.title.zh, pack.title.en),
        "files": [path for path in files if path is not None],
    }
