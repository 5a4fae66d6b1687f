"""The words of `anlan gateway`."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from anlan.site.cli import gateway, main


@pytest.mark.parametrize("verb", ["frames", "ask"])
def test_the_folder_may_be_named_before_the_verb(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setenv("ANLAN_DATA", "elsewhere")
    monkeypatch.setattr(
        gateway.command.commands[verb], "callback", lambda **told: given.update(told)
    )
    words = [
        "gateway",
        "--data",
        str(tmp_path),
        verb,
        "A1",
        *(["read_time"] if verb == "ask" else []),
    ]
    assert CliRunner().invoke(main, words).exit_code == 0
    assert given["data"] == tmp_path
