"""Whether two accounts are one person."""

import pytest

from anlan.apps.people.models import User
from anlan.apps.people.queries import same_person


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"key": "a"}, {"key": "a"}, True),
        ({"key": "a"}, {"key": "b"}, False),
        ({"subject": "gov-1"}, {"subject": "gov-1"}, True),
        ({"subject": "gov-1"}, {"subject": "gov-2"}, False),
        ({"subject": ""}, {"subject": ""}, False),
        ({"phone": "13800000001"}, {"phone": "138 0000 0001"}, True),
        ({"phone": "+86 138-0000-0001"}, {"phone": "13800000001"}, True),
        ({"phone": "008613800000001"}, {"phone": "13800000001"}, True),
        ({"phone": "0571-8888"}, {"phone": "05718888"}, True),
        ({"phone": "13800000001"}, {"phone": "13800000002"}, False),
        ({"phone": "１３８００００００１"}, {"phone": "1380000001"}, True),
        ({"phone": "-"}, {"phone": "-"}, False),
        ({"email": "Li@Example.org"}, {"email": " li@example.ORG"}, True),
        ({"email": "li@example.org"}, {"email": "wang@example.org"}, False),
        ({"email": ""}, {"email": ""}, False),
        ({"email": "13800000001"}, {"phone": "13800000001"}, False),
    ],
)
def test_one_person(one: dict[str, str], other: dict[str, str], same: bool) -> None:
    first, second = User(**{"key": "x", **one}), User(**{"key": "y", **other})
    assert same_person(first, second) is same
    assert same_person(second, first) is same
