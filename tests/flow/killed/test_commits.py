"""kill -9 at any commit of a publication: nothing is lost, nobody is told twice, order is kept."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flow.killed.far import Ends, far_ends
from tests.flow.killed.records import EACH

WAYS = ("sms", "webhook", "email")
VICTIMS = ("work", "mass")
_OPTIONS = """
smtp_host = "127.0.0.1"
smtp_port = {mail}
smtp_security = "none"
mail_from = "duty@demo.invalid"
webhook_secret = "a key of more than 16 bytes"
webhook_private = true
warning_webhooks = ["http://127.0.0.1:{web}/system"]
sms_batch_gateway = "http://127.0.0.1:{web}/send"
"""


class Site:
    """A site that publishes in rounds, and what far ends and records say of each."""

    def __init__(self, data: Path, ends: Ends) -> None:
        self.ends, ports = ends, {"mail": ends.mail_port, "web": ends.server_port}
        (data / "desk").mkdir(parents=True)
        (data / "anlan.toml").write_text(_OPTIONS.format(**ports))
        own = {"ANLAN_DATA": str(data), "DJANGO_SETTINGS_MODULE": "anlan.site.settings"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.flow.killed.moments", json.dumps(ports)],
            env=os.environ | own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def round(self, victim: str, *, at: int = 0, step: int = 1, after: bool = False) -> Any:
        """The facts of a round in which the victim dies at its n-th commit of the first or second
        publication, before or after it; at: 0 for never."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.ends.told.clear()
        told = {"victim": victim, "at": at, "step": step, "after": after}
        print(json.dumps(told), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with far ends."""
    with far_ends() as ends:
        one = Site(tmp_path_factory.mktemp("killed") / "data", ends)
        yield one
        one.close()


@pytest.fixture(scope="module")
def whole(site: Site) -> dict[str, Any]:
    """By victim what a round says in which nobody dies."""
    found = {}
    for victim in VICTIMS:
        found[victim] = site.round(victim)
        check(site, found[victim], found[victim])
        assert max(Counter(site.ends.told).values()) == 1
    return found


def check(site: Site, facts: Any, whole: Any) -> None:
    """What must hold after every round; whole: what one says in which nobody dies."""
    assert facts["done"], facts
    assert facts["is_whole"], "the audit chain"
    assert letters(facts) == letters(whole)
    keys = {one["key"]: (tuple(one["end"]), one["step"]) for one in facts["notices"]}
    assert len(keys) == len(facts["notices"])
    steps = {one["id"]: one["step"] for one in facts["parcels"]}
    for step in (1, 2):
        for way in WAYS:
            mine = [p for p in facts["parcels"] if (p["step"], p["way"]) == (step, way)]
            assert sum((Counter(p["counts"]) for p in mine), Counter()) == {"16": EACH}, mine
    assert {one["state"] for one in facts["notices"]} <= {"sent", "refused"}
    told = Counter(site.ends.told)
    # Whoever dies between an answer and writing it down asks once more, under the same key.
    assert max(told.values()) <= 1 + facts["deaths"]
    sent = {(tuple(one["end"]), one["key"]) for one in facts["notices"] if one["state"] == "sent"}
    arrived = {(one.end, one.key) for one in told}
    assert {one for one in arrived if one[1] in keys} == sent
    mass = [one for one in arrived if one[1] not in keys]
    places = Counter((end, steps[int(key[1:].partition(".")[0])]) for end, key in mass)
    assert set(places.values()) == {1}, "one name a person and message"
    assert len(places) == 2 * EACH * len(WAYS)
    order: dict[tuple[str, str], int] = {}
    for one in site.ends.told:
        step = keys[one.key][1] if one.key in keys else steps[int(one.key[1:].partition(".")[0])]
        if step:  # not a letter to those who sign, or who are called down
            assert step >= order.get(one.end, 0), f"{one.end}: an alert after its end"
            order[one.end] = step


def letters(facts: Any) -> Counter[tuple[str, ...]]:
    """Who was written to, of what and with what outcome."""
    return Counter(
        (*one["end"], str(one["step"]), one["subject"], one["state"]) for one in facts["notices"]
    )


@pytest.mark.timeout(300)
def test_some_moments(site: Site, whole: dict[str, Any]) -> None:
    chance = random.Random(20261130)
    for victim in VICTIMS:
        step = chance.choice((1, 2))
        facts = whole[victim]
        while not facts["deaths"]:  # what is ready together is written together: counts differ
            at = chance.randint(1, facts["counts"][step - 1])
            facts = site.round(victim, at=at, step=step, after=chance.random() < 0.5)
            check(site, facts, whole[victim])


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("victim", VICTIMS)
def test_many_moments(site: Site, whole: dict[str, Any], victim: str) -> None:
    chance = random.Random(victim)  # all of them take longer than a soak may
    for step, count in enumerate(whole[victim]["counts"], 1):
        for at in sorted(chance.sample(range(1, count + 1), count // 4)):
            facts = site.round(victim, at=at, step=step, after=chance.random() < 0.5)
            check(site, facts, whole[victim])
