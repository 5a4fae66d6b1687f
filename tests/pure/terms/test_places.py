"""The code over several."""

import pytest

from anlan.terms.places import above_all


@pytest.mark.parametrize(
    ("codes", "over"),
    [
        (["990101001001"], "990101001001"),
        (["990101001001", "990101001002"], "990101001"),
        (["990101001", "990101"], "990101"),
        (["990102", "990101001001"], "9901"),
        (["9901", "9802"], ""),
        (["990101", ""], ""),
    ],
)
def test_the_nearest_code_over_all(codes: list[str], over: str) -> None:
    assert above_all(codes) == over
