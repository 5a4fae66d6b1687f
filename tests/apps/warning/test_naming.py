"""What messages are called: the national identifier where the site has a sender code."""

from pathlib import Path
from typing import Any

import pytest

from anlan.apps.warning.actions.course import naming
from anlan.apps.warning.models import Message
from anlan.apps.warning.queries.writing.wording import sent_text
from anlan.cap.national.identifier import doubt_of, read_identifier
from anlan.cap.read import read
from anlan.site.options import Options, Place
from anlan.site.options import read as read_options
from anlan.terms.errors import Malformed
from tests.apps.warning.conftest import Office

UNIT = "99010141600000"


def test_a_message_too_many_for_its_second_is_sent_in_the_next(
    office: Office, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(_message(office).identifier) > 31
    settings.PLACE = Place(Path(), Options(sender_code=UNIT))
    monkeypatch.setattr(naming, "_MOST", 2)
    several = [_message(office) for _ in range(3)]
    assert not any(doubt_of(one.identifier) for one in several)
    told = [read_identifier(one.identifier) for one in several]
    assert [(one.unit, one.number) for one in told] == [(UNIT, 0), (UNIT, 1), (UNIT, 0)]
    assert [(one.entered_at - office.now).total_seconds() for one in told] == [0, 0, 1]
    said = read(several[-1].xml)
    assert (said.identifier, said.sent) == (several[-1].identifier, sent_text(told[-1].entered_at))


def _message(office: Office) -> Message:
    found: Message = office.issued().messages.get()
    return found


@pytest.mark.parametrize("code", ["9901014160000", "00010141600000", "9901014160000x"])
def test_a_wrong_code_is_told_at_the_start(tmp_path: Path, code: str) -> None:
    path = tmp_path / "anlan.toml"
    path.write_text(f'sender_code = "{code}"\n')
    with pytest.raises(Malformed, match="sender_code must be empty or 14 digits"):
        read_options(path)
