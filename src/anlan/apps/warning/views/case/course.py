"""The course of a warning: its stages with whose turn it is, and all that was done about it."""

from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.apps.atlas.queries import region_name
from anlan.apps.warning.acts import DONE
from anlan.apps.warning.forms.editing import CERTAINTY, TITLES, URGENCY
from anlan.apps.warning.models import Edit, Signature, Step, Warning
from anlan.apps.warning.queries import order_of, reviewers
from anlan.desk.templatetags.desk import level_word

_STATES = Warning.State
_BEGINS = {"draft", "update", "relevel", "cancel"}
_STAGES = (("draft", _BEGINS), ("submit", {"submit"}), ("review", {"review"}), ("sign", {"sign"}),
           ("issue", {"issue"}))  # fmt: skip
_TURN = {_STATES.DRAFT: "submit", _STATES.SUBMITTED: "review", _STATES.REVIEWED: "sign",
         _STATES.SIGNED: "sign"}  # fmt: skip
_LONGEST_DIFF = 4000


@dataclass(slots=True)
class Stage:
    """name: of the stage · steps: by whom and when it was done · who: whose turn it is now."""

    name: str
    steps: list[Step] = field(default_factory=list)
    is_done: bool = False
    is_now: bool = False
    who: list[str] = field(default_factory=list)
    due_at: datetime | None = None


def stages_of(warning: Warning, steps: list[Step], seats: list[Signature]) -> list[Stage]:
    """The way of the newest message: of what is in the making, else of what was sent last."""
    order = order_of(warning) - (not warning.is_in_the_making and bool(warning.standing))
    own = _since_its_beginning([one for one in steps if one.order == order])
    found = [Stage(name, [s for s in own if s.kind in kinds]) for name, kinds in _STAGES]
    turn = _TURN.get(_STATES(warning.state), "")
    for stage in found:
        stage.is_now = stage.name == turn
        stage.is_done = bool(stage.steps) and not stage.is_now
        if stage.is_now:
            stage.who, stage.due_at = _whose(warning, seats)
    return found


def _since_its_beginning(steps: list[Step]) -> list[Step]:
    """Without what was turned down: of that, the draft alone counts."""
    for number in range(len(steps) - 1, -1, -1):
        if steps[number].kind in _BEGINS:
            return steps[number:]
        if steps[number].kind == "reject":
            return [s for s in steps[:number] if s.kind in _BEGINS][-1:] + steps[number + 1 :]
    return steps


def _whose(warning: Warning, seats: list[Signature]) -> tuple[list[str], datetime | None]:
    if warning.state == _STATES.DRAFT:
        return [warning.writer_name], None
    if warning.state == _STATES.SUBMITTED:
        return [one.name for one in reviewers(warning, timezone.now(), most=3)], None
    waiting = [one for one in seats if one.signed_at is None]
    dues = [one.due_at for one in waiting if one.due_at]
    return [one.asked_name for one in waiting], min(dues, default=None)


def trail_of(steps: list[Step], edits: list[Edit]) -> list[dict[str, Any]]:
    """Everything that was done, the newest first; an edit stands with its difference."""
    by_deed: dict[tuple[str, datetime], list[Edit]] = {}
    for edit in edits:
        by_deed.setdefault((edit.who, edit.at), []).append(edit)
    return [_entry(one, by_deed.pop((one.who, one.at), [])) for one in reversed(steps)]


def _entry(step: Step, edits: list[Edit]) -> dict[str, Any]:
    return {
        "step": step,
        "done": DONE.get(step.kind, step.kind),
        "asked": step.detail.get("asked", ""),
        "late": step.detail.get("late", ""),
        "deputy_of": step.detail.get("deputy_of", ""),
        "organisation": step.detail.get("organisation", ""),
        "edits": [line for edit in edits for line in differences(edit)],
        "program": next((one.program for one in edits if one.program), ""),
    }


def differences(edit: Edit) -> list[dict[str, Any]]:
    """Field by field what it was and is; texts as pieces that stayed, went and came."""
    return [
        {
            "title": TITLES[name],
            "language": "en" if name.endswith("_en") else "",
            "pieces": pieces(told(name, before), told(name, after)),
        }
        for name, (before, after) in edit.changes.items()
        if name in TITLES and (told(name, before) or told(name, after))
    ]


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    """(`same`, `went` or `came`, text) in the order of reading."""
    if len(before) + len(after) > _LONGEST_DIFF or not before or not after:
        return [(kind, text) for kind, text in (("went", before), ("came", after)) if text]
    found: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(("same", before[a:b]))
        else:
            sides = (("went", before[a:b]), ("came", after[c:d]))
            found += [(kind, text) for kind, text in sides if text]
    return found


def told(name: str, value: Any) -> str:
    """A value of a field in words."""
    if value in (None, "", []):
        return ""
    if name == "level":
        return level_word(int(value))
    if name in ("onset", "effective", "expires"):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    if name == "shape":
        return _("an area with %(n)d corners") % {"n": str(value).count("[") - 2}
    if name == "regions":
        return "、".join(region_name(code) for code in value)
    if name in ("urgency", "certainty"):
        return str(dict((*URGENCY, *CERTAINTY)).get(value, value))
    return str(value)
