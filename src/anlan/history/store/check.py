"""Verify: every record and every sealed file is read, and what is damaged is named."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from anlan.history.codec import decode_changes, decode_readings, decode_registry
from anlan.history.disk import lock
from anlan.history.log import Damage, Log, Record, RecordKind
from anlan.history.parts.aside import damaged, set_parts_aside
from anlan.history.parts.manifest import Kind, Manifest, read_manifest
from anlan.history.segments.repair import QUARANTINE
from anlan.terms.errors import Malformed


@dataclass(slots=True)
class Health:
    """What was found: how much was read, what is damaged, and what stands aside from before."""

    epoch: str
    records: int = 0
    readings: int = 0
    files: int = 0
    damage: list[Damage] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged now."""
        return not self.damage


def verify(
    folder: Path, *, set_aside: bool = False, progress: Callable[[float], None] | None = None
) -> Health:
    """Reads the whole store. With `set_aside`, damaged sealed files are moved to quarantine.

    progress hears the share that is done, 0–1. Raises Malformed where there is no store.
    """
    tell = progress or (lambda share: None)
    with Log.open(folder) as log:
        manifest = read_manifest(folder)
        health = Health(log.epoch, records=sum(p.rows for p in manifest.of(Kind.RECORDS)))
        health.readings = sum(p.rows for p in manifest.of(Kind.READINGS))
        _check_files(folder, manifest, health, tell)
        _check_log(log, manifest.sealed_to, health, tell)
    if set_aside:
        _move(folder, manifest, health)
    quarantine = folder / QUARANTINE
    health.aside = sorted(p.name for p in quarantine.glob("*")) if quarantine.exists() else []
    return health


def _check_files(
    folder: Path, manifest: Manifest, health: Health, tell: Callable[[float], None]
) -> None:
    total = sum(part.bytes for part in manifest.parts) or 1
    done = 0
    for part in manifest.parts:
        health.files += 1
        for bad, why in damaged(folder, [part]):
            health.damage.append(Damage(bad.file, bad.first, bad.last, why))
        done += part.bytes
        tell(0.9 * done / total)


def _check_log(log: Log, sealed_to: int, health: Health, tell: Callable[[float], None]) -> None:
    end = log.last()
    for record in log.records(sealed_to):
        health.records += 1
        try:
            health.readings += _unpacked(record)
        except Malformed as error:
            health.damage.append(Damage("log", record.seq, record.seq, str(error)))
        if record.seq % 256 == 0:
            tell(0.9 + 0.1 * (record.seq - sealed_to) / max(1, end - sealed_to))
    health.damage += log.damage()
    tell(1.0)


def _unpacked(record: Record) -> int:
    """The number of readings; Malformed where body or changes cannot be decoded."""
    decode_changes(record.changes)
    if record.kind is RecordKind.REGISTRY:
        decode_registry(record.body)
    if record.kind is RecordKind.READINGS:
        return len(decode_readings(record.body).sensor)
    return 0


def _move(folder: Path, manifest: Manifest, health: Health) -> None:
    named = {damage.file for damage in health.damage}
    bad = [part for part in manifest.parts if part.file in named]
    if bad:
        held = lock.take(folder / "sealing.lock", what=f"the sealed part of {folder}")
        try:
            set_parts_aside(folder, bad)
        finally:
            held.release()
