"""Times in requests: a moment, a day, or a stretch between two of them, open where it is `..`."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from anlan.terms.errors import Malformed

Stretch = tuple[datetime | None, datetime | None]
_OPEN = ("", "..")


def moment_of(text: str) -> datetime:
    """A moment in UTC, as ISO 8601 has it; without a zone in the site's. ValueError for none."""
    if "T" not in text.upper():
        raise ValueError(text)
    # A plus sign in an address arrives as a space.
    found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    zoned = found if found.tzinfo else timezone.make_aware(found)
    return zoned.astimezone(UTC)


def stretch_of(text: str, where: str = "datetime") -> Stretch:
    """The two ends of `datetime`, both included; Malformed where it is no time."""
    parts = text.split("/")
    if len(parts) > 2 or parts == [""]:
        raise _wrong(text, where)
    try:
        if len(parts) == 1:
            return _first(parts[0]), _last(parts[0])
        low, high = (part.strip() in _OPEN for part in parts)
        ends = None if low else _first(parts[0]), None if high else _last(parts[1])
    except (ValueError, OverflowError) as error:
        raise _wrong(text, where) from error
    if ends[0] and ends[1] and ends[0] > ends[1]:
        raise Malformed("It ends before it begins.", where=where)
    return ends


def _first(text: str) -> datetime:
    return moment_of(text) if "T" in text.upper() else _day(text)


def _last(text: str) -> datetime:
    if "T" in text.upper():
        return moment_of(text)
    return _day(text) + timedelta(days=1) - timedelta(microseconds=1)


def _day(text: str) -> datetime:
    begin = datetime.combine(date.fromisoformat(text), time())
    return timezone.make_aware(begin).astimezone(UTC)


def _wrong(text: str, where: str) -> Malformed:
    return Malformed(
        f"{text[:60]!r} is no time: 2026-11-30T08:00:00Z, a day, or A/B with .. for an open end.",
        where=where,
    )
