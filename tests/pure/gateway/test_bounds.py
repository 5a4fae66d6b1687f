"""As many connections as files: a listener lets in no more than the process can open."""

import pytest

from anlan.live.gateway.bounds import OWN_FILES, shares


@pytest.mark.parametrize(
    ("most", "files", "allowed"),
    [
        ([10_000, 5_000], 20_000, [10_000, 5_000]),
        ([10_000, 5_000], OWN_FILES + 1_500, [1_000, 500]),
        ([10_000, 1], OWN_FILES + 100, [99, 1]),
        ([10_000], 100, [1]),
    ],
)
def test_listeners_share_the_files_that_there_are(
    most: list[int], files: int, allowed: list[int]
) -> None:
    assert shares(most, files) == allowed
