"""The page as a whole: one file, no script, nothing fetched."""

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from anlan.engine.rules import Gate
from anlan.live.replay.reading.registers import Event
from anlan.live.replay.report import parts
from anlan.live.replay.report.against import against_events
from anlan.live.replay.report.story import Story, gather
from anlan.live.replay.report.words import both
from anlan.live.replay.run import Replayed


def report(
    replayed: Replayed, *, about: dict[str, Any], readings: Path, events: Sequence[Event] | None
) -> Iterator[bytes]:
    """The report in pieces; see `gather` for the arguments."""
    story = gather(replayed, about=about, readings=readings, events=events)
    style = resources.files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    title = escape(f"{story.title[0]}回放报告 · {story.title[1]} replay report")
    yield (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{style}</style></head><body>"
    ).encode()
    yield parts.header(story).encode()
    sections = (
        parts.timeline,
        against_events,
        parts.episodes,
        parts.noisiest,
        parts.load,
        parts.refused,
    )
    yield b"<main>"
    for section in sections:
        yield section(story).encode()
    yield f"{_method(story)}</main>{_FOOT}</body></html>\n".encode()


_FOOT = (
    "<footer>安澜 Anlan · 本报告为回放结果，不是实时报警。 "
    '<span class="en">A replay of past readings, not a live alarm.</span></footer>'
)


def _method(story: Story) -> str:
    rules = {i.rule.key: i.rule for i in story.plan.instances}
    gates = story.plan.rule_sets[0].gates
    units = {rule.quantity: rule.unit for key, rule in rules.items() if key.endswith(".level")}
    used = sorted({s.quantity for s in story.plan.sensors} & gates.keys())
    facts = [
        (both("规则包", "pack"), escape(story.pack)),
        (
            both("规则", "rules"),
            escape("、".join(f"{k}（版本 {r.version}）" for k, r in sorted(rules.items())) or "–"),
        ),
        (
            both("跳变的处理", "gate"),
            escape("、".join(_gate(q, gates[q], units.get(q, "")) for q in used)),
        ),
        (both("文件", "files"), escape("、".join(path.name for path in story.files))),
        (both("变化", "changes"), _changes(story)),
        (both("变化行摘要", "digest, SHA-256"), f"<code>{story.summary['digest']}</code>"),
        (both("用时", "time taken"), f"{story.summary['seconds']} s"),
    ]
    shown = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return f"<h2>{both('依据', 'How it was made')}</h2><dl class=card>{shown}</dl>"


def _gate(quantity: str, gate: Gate, unit: str) -> str:
    """What the gate does with a jump of a quantity."""
    if gate.spike == "accept" or gate.rate_per_h == float("inf"):
        return f"{quantity} accept"
    return f"{quantity} {gate.spike} > {gate.rate_per_h:g} {unit}/h"


def _changes(story: Story) -> str:
    names = {
        "raised": "产生",
        "risen": "升级",
        "fallen": "降级",
        "cleared": "解除",
        "stale": "数据中断",
        "fresh": "数据恢复",
        "corrected": "更正",
    }
    counts = story.summary["changes"]
    return "、".join(f"{names[kind]} {kind} {n:,}" for kind, n in counts.items()) or "0"
