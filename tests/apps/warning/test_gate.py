"""The gate: every condition refuses by itself, and a gate that lost one is noticed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyotp
import pytest
from shapely import Point, Polygon

from anlan.apps.people.actions.sealing import sealed
from anlan.apps.people.asker import Machine, Nobody, Person
from anlan.apps.people.models import Organisation, Post, User
from anlan.apps.warning import actions
from anlan.apps.warning.actions.course import signing
from anlan.apps.warning.acts import REVIEW, SIGN, WRITE
from anlan.apps.warning.models import Message, Signature, Warning
from anlan.apps.warning.queries import (
    Proof,
    Refusal,
    may_begin_to_sign,
    may_issue,
    may_sign,
)
from anlan.apps.warning.queries.course import gate as the_gate
from anlan.apps.warning.queries.course import stages
from anlan.apps.watch.models import Alarm
from anlan.terms.errors import Malformed, Refused
from tests.apps.conftest import COUNTY, PASSWORD
from tests.apps.warning.conftest import CHIEF, DEPUTY, OWN, SINCE, WATER, WRITER, Office


@dataclass
class Try:
    """Somebody who wants to sign a warning, with a proof."""

    asker: Any
    warning: Warning
    proof: Proof | None

    def refusal(self) -> Refusal | None:
        """What the gate says."""
        return may_issue(self.asker, self.warning, self.asker.now, self.proof)

    @property
    def code(self) -> str:
        """The condition that does not hold; empty where all do."""
        found = self.refusal()
        return found.code if found else ""


def _try(office: Office, one: Warning, who: str = CHIEF, **words: Any) -> Try:
    asker = office.asker(who, **words)
    return Try(asker, office.again(one), Proof(who, "password", office.now))


def _right(office: Office) -> Try:
    return _try(office, office.reviewed())


def _asked(one: Warning, who: str) -> None:
    Signature.objects.filter(warning=one).update(asked=who, signer=who)


def _changed(office: Office, **fields: Any) -> Try:
    one = office.reviewed()
    Warning.objects.filter(pk=one.pk).update(**fields)
    return _try(office, one)


def _in_state(state: str) -> Callable[[Office], Try]:
    return lambda office: _changed(office, state=state)


def _program(office: Office) -> Try:
    one = _try(office, office.reviewed())
    one.asker = Person(one.asker.user, one.asker.posts, office.now,
                       frozenset({SIGN, WRITE, REVIEW}), "key-1")  # fmt: skip
    return one


def _limited(office: Office) -> Try:
    return _try(office, office.reviewed(), limits=frozenset({SIGN}))


def _platform(office: Office) -> Try:
    one = office.reviewed()
    _asked(one, "anlan")
    machine = Machine("anlan", office.now)
    return Try(machine, office.again(one), Proof("anlan", "password", office.now))


def _stranger(office: Office) -> Try:
    return Try(Nobody(office.now), office.reviewed(), Proof("-", "password", office.now))


def _neighbour(office: Office) -> Try:
    one = office.reviewed()
    _asked(one, "county-b-chief")
    return _try(office, one, "county-b-chief")


def _ended_post(office: Office) -> Try:
    one = office.reviewed()
    Post.objects.filter(user__key=CHIEF).update(until=office.now)
    return _try(office, one)


def _named(who: str) -> Callable[[Office], Try]:
    """Somebody who was named past all checks."""

    def make(office: Office) -> Try:
        one = office.reviewed()
        _asked(one, who)
        return _try(office, one, who)

    return make


def _of_another_office(office: Office) -> Try:
    one = office.reviewed()
    Signature.objects.filter(warning=one).update(asked="water", signer="water")
    return _try(office, one, "water")


def _edited(office: Office) -> Try:
    one = office.drafted()
    one = actions.edit(office.asker(CHIEF), one.key, version=1, fields={"contact": "12350"})
    one = actions.submit(office.asker(WRITER), one.key, version=2, seats=[OWN._replace(
        signer=DEPUTY, deputy="")])  # fmt: skip
    one = actions.review(office.asker("county-admin"), one.key, version=3)
    _asked(one, CHIEF)
    return _try(office, one)


def _wrote(office: Office) -> Try:
    one = office.reviewed(OWN._replace(signer=DEPUTY, deputy=""), who=CHIEF)
    _asked(one, CHIEF)
    return _try(office, one)


def _submitted(office: Office) -> Try:
    one = office.reviewed()
    Warning.objects.filter(pk=one.pk).update(submitter=CHIEF)
    return _try(office, one)


def _same(field: str, mine: str, other: str) -> Callable[[Office], Try]:
    """The writer's second account."""

    def make(office: Office) -> Try:
        one = office.reviewed()
        User.objects.filter(key=CHIEF).update(**{field: mine})
        User.objects.filter(key=WRITER).update(**{field: other})
        return _try(office, one)

    return make


def _for_two(office: Office) -> Try:
    one = office.signed(office.reviewed(OWN, WATER))
    Post.objects.create(user=User.objects.get(key=CHIEF), role="chief", region=COUNTY,
                        since=office.now - SINCE,
                        organisation=Organisation.objects.get(key="org-water"))  # fmt: skip
    Signature.objects.filter(warning=one, organisation="org-water").update(asked=CHIEF)
    return _try(office, one)


def _mixed(office: Office) -> Try:
    one = _right(office)
    one.warning.status = "Draft"
    return one


def _mixed_course(office: Office) -> Try:
    one = office.issued()
    office.later(minutes=5)
    one = actions.cancel(office.asker(WRITER), one.key, version=one.version, reason="x")
    one = actions.review(office.asker("county-admin"), one.key, version=one.version)
    found = _try(office, one)
    found.warning.status = "Exercise"
    return found


def _not_as_signed(office: Office) -> Try:
    one = office.signed(office.reviewed(OWN, WATER))
    Warning.objects.filter(pk=one.pk).update(contact="12350")
    return _try(office, one, "water")


def _proved(proof: Callable[[Office], Proof | None]) -> Callable[[Office], Try]:
    def make(office: Office) -> Try:
        one = _right(office)
        one.proof = proof(office)
        return one

    return make


def _after_expiry(office: Office) -> Try:
    one = office.reviewed()
    office.later(hours=25)
    return _try(office, one)


BOW = Polygon([(118.1, 30.1), (118.2, 30.2), (118.2, 30.1), (118.1, 30.2)])
AWAY = Polygon([(119, 30), (119.1, 30), (119.1, 30.1), (119, 30.1)])
CASES: dict[str, tuple[str, Callable[[Office], Try]]] = {
    "all holds": ("", _right),
    "a program's key": ("person", _program),
    "a person cut to some acts": ("person", _limited),
    "the platform itself": ("person", _platform),
    "nobody": ("person", _stranger),
    **{f"state {state}": ("state", _in_state(state))
       for state in Warning.State.values if state not in ("reviewed", "signed")},
    "an update of nothing": ("order", lambda office: _changed(office, kind="Update")),
    "a cancellation of nothing": ("order", lambda office: _changed(office, kind="Cancel")),
    "another county": ("jurisdiction", _neighbour),
    "a post that has ended": ("jurisdiction", _ended_post),
    "the deputy before the time": ("seat", lambda office: _try(office, office.reviewed(), DEPUTY)),
    "who is not asked": ("seat", lambda office: _try(office, office.reviewed(), "twin")),
    "a role that does not sign orange": ("level", _named("county-admin")),
    "a jurisdiction too small": ("level", _named("town-chief")),
    "another department's chief": ("level", _of_another_office),
    "who wrote it": ("writer", _wrote),
    "who edited it": ("writer", _edited),
    "who submitted it": ("writer", _submitted),
    "the writer's second account": ("writer", _named("twin")),
    "the writer's telephone": ("writer", _same("phone", "+86 (571) 1234-5678", "5711234 5678")),
    "the writer's mailbox": ("writer", _same("email", "Li@Example.org", "li@example.ORG")),
    "one person for two departments": ("twice", _for_two),
    "a status that is none": ("status", _mixed),
    "a status that is not the course's": ("status", _mixed_course),
    "no measures": ("text", lambda office: _changed(office, measures_zh="")),
    "a headline of another level": (
        "text", lambda office: _changed(office, headline_zh="安澜县应急管理局发布洪水红色预警")),
    "over when it would be issued": ("text", _after_expiry),
    "a border that crosses itself": ("area", lambda office: _changed(office, shape=BOW)),
    "an area elsewhere": ("area", lambda office: _changed(office, shape=AWAY)),
    "a point": ("area", lambda office: _changed(office, shape=Point(118.15, 30.15))),
    "a region elsewhere": ("area", lambda office: _changed(office, regions=["990102"])),
    "no area": ("area", lambda office: _changed(office, regions=[], shape=None)),
    "another text than the others signed": ("frozen", _not_as_signed),
    "no proof": ("proof", _proved(lambda office: None)),
    "another's proof": ("proof", _proved(lambda office: Proof(DEPUTY, "password", office.now))),
    "an old proof": ("proof", _proved(
        lambda office: Proof(CHIEF, "password", office.now - timedelta(seconds=1)))),
    "a department that has not signed": (
        "departments", lambda office: _try(office, office.reviewed(OWN, WATER))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_condition_refuses_by_itself(office: Office, name: str) -> None:
    code, make = CASES[name]
    one = make(office)
    assert one.code == code
    refusal = one.refusal()
    assert refusal is None or refusal.text
    assert Message.objects.filter(warning=one.warning).count() == (name.endswith("course's"))


@pytest.mark.parametrize("name", [n for n in CASES if not n.startswith(("state", "a status"))])
def test_a_drill_passes_the_very_same_gate(office: Office, name: str) -> None:
    Alarm.objects.update(status="Exercise")
    code, make = CASES[name]
    one = make(office)
    assert (one.warning.status, one.code) == ("Exercise", code)


def test_only_one_place_makes_a_message_and_it_asks_the_gate(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Path(signing.__file__).parents[1]
    makes = re.compile(r"return Message\(|= Message\(|Message\.objects\.\w*create")
    makers = [p.name for p in room.rglob("*.py") if makes.search(p.read_text("utf-8"))]
    assert makers == ["signing.py"]
    monkeypatch.setattr(signing, "may_issue", lambda *_args: Refusal("x", "the gate is shut"))
    one = office.reviewed()
    with pytest.raises(Refused, match="the gate is shut"):
        office.signed(one)
    assert not Message.objects.exists()
    assert not Signature.objects.exclude(signed_at=None).exists()


@pytest.mark.parametrize("condition", the_gate.CONDITIONS)
def test_a_gate_that_lost_a_condition_is_noticed(
    office: Office, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [name for name, (code, _make) in CASES.items() if code == condition]
    assert names, f"no case is refused by {condition} alone"
    kept = {**the_gate.CONDITIONS, condition: lambda case: None}
    one = CASES[names[0]][1](office)
    assert one.code == condition
    monkeypatch.setattr(the_gate, "CONDITIONS", MappingProxyType(kept))
    assert one.code != condition


def test_pages_are_told_what_actions_will_be_told(office: Office) -> None:
    one = _try(office, office.reviewed(OWN, WATER))
    now = office.now
    assert may_begin_to_sign(one.asker, one.warning, now) is None
    assert may_sign(one.asker, one.warning, now, one.proof) is None
    assert one.code == "departments"
    refusal = may_sign(one.asker, one.warning, now)
    assert refusal is not None
    assert refusal.code == "proof"


def _bad_ways(office: Office) -> Iterator[dict[str, str]]:
    yield {}
    yield {"password": ""}
    yield {"password": "wrong"}
    yield {"code": "123456"}


def test_without_the_password_nothing_is_signed_and_tries_are_counted(office: Office) -> None:
    one = office.reviewed()
    for way in _bad_ways(office):
        with pytest.raises(Refused):
            actions.sign(office.asker(CHIEF), one.key, version=one.version, **way)
    assert User.objects.get(key=CHIEF).failures == 4
    with pytest.raises(Refused):
        office.signed(one, password="wrong")
    with pytest.raises(Refused):
        office.signed(one, password=PASSWORD)  # locked, as at the door
    assert not Message.objects.exists()
    office.later(minutes=20)
    one = office.again(one)
    actions.keep_time(office.now)  # meanwhile the deputy is asked
    assert office.signed(office.again(one), DEPUTY).state == "issued"


def test_a_code_of_the_second_factor_signs_once(office: Office) -> None:
    secret = pyotp.random_base32()
    User.objects.filter(key=CHIEF).update(second=sealed(secret))
    code = pyotp.TOTP(secret).at(office.now)
    assert office.signed(office.reviewed(), code=code).state == "issued"
    with pytest.raises(Refused):
        office.signed(office.reviewed(), code=code)
    assert Message.objects.count() == 1


def _refused(*acts: Callable[[], object]) -> None:
    for act in acts:
        with pytest.raises(Refused):
            act()


def test_programs_draft_and_do_no_more(office: Office) -> None:
    user = User.objects.get(key="duty-2")
    posts = office.asker("duty-2").posts
    limits = frozenset({WRITE, SIGN, REVIEW, "warning.see_warnings", "watch.see_alarms"})
    program = Person(user, posts, office.now, limits, "key-1")
    one = actions.draft_from_alarm(program, office.alarm.key)
    assert one.edits.get().program == "key-1"
    one = actions.edit(program, one.key, version=1, fields={"contact": "12350"})
    _refused(
        lambda: actions.submit(program, one.key, version=2),
        lambda: actions.withdraw(program, one.key, version=2, reason="x"),
    )
    one = actions.submit(office.asker(WRITER), one.key, version=2)
    _refused(
        lambda: actions.review(program, one.key, version=3),
        lambda: actions.reject(program, one.key, version=3, reason="x"),
        lambda: actions.approve(program, one.key, version=3, password=PASSWORD),
    )
    one = actions.review(office.asker("county-admin"), one.key, version=3)
    for who in (program, Machine("anlan", office.now)):
        with pytest.raises(Refused):
            actions.sign(who, one.key, version=4, password=PASSWORD)


@pytest.mark.parametrize("seats", [
    [],
    [WATER],
    [OWN, OWN],
    [OWN._replace(signer="")],
    [OWN._replace(signer="nobody")],
    [OWN._replace(signer="county-admin")],
    [OWN._replace(signer="twin")],
    [OWN._replace(signer="town-chief")],
    [OWN._replace(signer=WRITER)],
    [OWN._replace(deputy=CHIEF)],
    [OWN._replace(deputy="county-b-chief")],
    [OWN, WATER._replace(signer=CHIEF)],
    [OWN, WATER._replace(organisation="org-nowhere")],
])  # fmt: skip
def test_nobody_is_named_who_could_not_sign(office: Office, seats: list[Any]) -> None:
    one = office.drafted()
    with pytest.raises(Refused):
        actions.submit(office.asker(WRITER), one.key, version=1, seats=seats)
    assert office.again(one).state == "draft"
    assert not Signature.objects.exists()


def test_each_stage_has_its_own_people_and_state(office: Office) -> None:
    draft, submitted, reviewed, issued = (
        office.drafted(), office.submitted(), office.reviewed(), office.issued(),
    )  # fmt: skip
    made = {"draft": draft, "submitted": submitted, "reviewed": reviewed, "issued": issued}
    may = {
        WRITER: {"draft": {"edit", "submit", "withdraw"}, "submitted": {"withdraw"},
                 "reviewed": {"withdraw"}, "issued": {"update", "relevel", "cancel"}},
        CHIEF: {"draft": {"edit", "submit", "withdraw"},
                "submitted": {"review", "reject", "withdraw"},
                "reviewed": {"sign", "reject", "withdraw"},
                "issued": {"update", "relevel", "cancel"}},
        "twin": {"draft": {"edit", "submit", "withdraw"}, "submitted": {"reject", "withdraw"},
                 "reviewed": {"reject", "withdraw"}, "issued": {"update", "relevel", "cancel"}},
        "town-chief": {}, "county-b-chief": {}, "enterprise": {}, "admin": {},
    }  # fmt: skip
    for who, wanted in may.items():
        for state, one in made.items():
            found = stages.possible(office.asker(who), office.again(one))
            assert found == wanted.get(state, set()), (who, state)


def test_the_writers_second_account_does_not_review(office: Office) -> None:
    one = office.submitted()
    with pytest.raises(Refused):
        actions.review(office.asker("twin"), one.key, version=one.version)
    with pytest.raises(Refused):
        actions.approve(office.asker("twin"), one.key, version=one.version, password=PASSWORD)


@pytest.mark.parametrize("fields", [
    {"status": "Test"}, {"region": "99"}, {"state": "issued"}, {"event": "11B03"}, {"level": 0},
    {"level": "x"}, {"onset": "tomorrow"}, {"onset": "2026-07-01T08:00"}, {"shape": "POLYGON(("},
    {"urgency": "Now"}, {"headline_zh": "长" * 300}, {"nothing": 1},
])  # fmt: skip
def test_an_edit_takes_no_nonsense(office: Office, fields: dict[str, Any]) -> None:
    one = office.drafted()
    with pytest.raises(Malformed):
        actions.edit(office.asker(WRITER), one.key, version=1, fields=fields)
    assert one.edits.count() == 1
