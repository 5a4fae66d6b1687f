"""The editor keeps what is typed, says beside it what stops it, and never loses another's edit."""

from typing import Any

import pytest

from anlan.apps.warning.models import Warning
from tests.apps.warning.conftest import CHIEF, DEPUTY, Office
from tests.apps.warning.test_pages import browser_of

AREA = "POLYGON ((118.11 30.11, 118.15 30.11, 118.15 30.15, 118.11 30.11))"


def typed(one: Warning, **other: Any) -> dict[str, Any]:
    """What the form of a draft sends."""
    texts = {f"{name}_{language}": getattr(one, f"{name}_{language}")
             for name in ("headline", "description", "caution", "measures", "area")
             for language in ("zh", "en")}  # fmt: skip
    return {
        **texts, "version": one.version, "written_for": one.level, "level": one.level,
        "urgency": one.urgency, "certainty": one.certainty, "regions": one.regions, "shape": AREA,
        "onset": "2026-01-01T10:00", "expires": f"{one.expires:%Y-%m-%dT%H:%M}", "contact": "",
        "effective": "", "seat": ["org-county"], "signer": [CHIEF], "deputy": [DEPUTY], **other,
    }  # fmt: skip


def send(one: Warning, *, who: str = "county", to: str = "edit", **other: Any) -> Any:
    """What the editor answers."""
    return browser_of(who).post(f"/warnings/{one.key}/{to}", typed(one, **other))


def test_what_is_typed_is_kept_and_handed_over(office: Office) -> None:
    one = office.drafted()
    answer = send(one, submit="1", contact="0571-1234")
    assert answer["Location"] == f"/warnings/{one.key}"
    now = office.again(one)
    assert (now.state, now.contact) == ("submitted", "0571-1234")
    assert now.shape.bounds == (118.11, 30.11, 118.15, 30.15)
    seat = now.signatures.get()
    assert (seat.signer, seat.deputy) == (CHIEF, DEPUTY)
    page = browser_of("county").get(f"/warnings/{one.key}").text
    assert "<ins>0571-1234</ins>" in page


def test_what_cannot_be_handed_over_is_kept_and_the_reason_told(office: Office) -> None:
    one = office.drafted()
    answer = send(one, submit="1", headline_zh="随便写")
    assert answer.status_code == 422
    assert "标题中没有级别" in answer.text
    now = office.again(one)
    assert (now.state, now.headline_zh) == ("draft", "随便写")
    assert f'name="version" value="{now.version}"' in answer.text


def test_what_cannot_be_read_is_named_and_nothing_is_stored(office: Office) -> None:
    one = office.drafted()
    answer = send(one, shape="POLYGON ((0 0", contact="x")
    assert answer.status_code == 422
    assert 'id="id_shape_error"' in answer.text
    assert office.again(one).contact == ""


def test_a_second_editor_is_told_and_loses_nobodys_words(office: Office) -> None:
    one = office.drafted()
    assert send(one, who="duty-2", contact="first").status_code == 302
    late = send(one, contact="second")
    assert late.status_code == 422
    assert "duty-2已于" in late.text
    assert 'value="second"' in late.text
    assert f'name="version" value="{one.version}"' in late.text
    assert office.again(one).contact == "first"


def test_the_reader_remarks_beside_each_field_and_stores_nothing(office: Office) -> None:
    one = office.drafted()
    answer = send(one, to="check", headline_zh="随便写", measures_en="")
    part = answer.text.partition('id="said-headline_zh"')[2].partition("</div>")[0]
    assert "note-stop" in part
    assert "标题中没有级别" in part
    assert "note-stop" in answer.text.partition('id="said-measures_en"')[2].partition("</div>")[0]
    assert "<h3>随便写</h3>" in answer.text
    assert office.again(one).version == one.version


def test_a_new_level_is_put_into_the_words(office: Office) -> None:
    one = office.drafted()
    answer = send(one, to="check", level="4")
    assert answer.headers["HX-Retarget"] == "#editor"
    assert "安澜县应急管理局发布洪水红色预警" in answer.text
    assert "issues an red" not in answer.text
    own = send(one, to="check", level="4", measures_zh="自己写的措施")
    assert "自己写的措施" in own.text


def test_a_department_joins_and_leaves(office: Office) -> None:
    one = office.drafted()
    joined = send(one, to="seats", join="org-water")
    assert joined.text.count('name="seat"') == 2
    assert '<option value="water" selected>' in joined.text
    both: dict[str, Any] = {
        "seat": ["org-county", "org-water"],
        "signer": [CHIEF, "water"],
        "deputy": ["", ""],
    }
    left = send(one, to="seats", drop="org-water", **both)
    assert left.text.count('name="seat"') == 1
    assert send(one, submit="1", **both).status_code == 302
    assert office.again(one).signatures.count() == 2


def test_whoever_wrote_it_is_not_offered_as_signer(office: Office) -> None:
    one = office.drafted(who="chief-2")
    page = browser_of("chief-2").get(f"/warnings/{one.key}/edit").text
    assert '<option value="county-chief"' in page
    assert '<option value="chief-2"' not in page


def test_an_update_is_written_with_its_reason(office: Office) -> None:
    one = office.issued()
    page = browser_of("county").get(f"/warnings/{one.key}/edit").text
    assert "更新原因" in page
    assert 'name="headline_zh"' not in page
    assert send(one, contact="110").status_code == 422
    assert send(one, contact="110", reason="增加电话").status_code == 302
    now = office.again(one)
    assert (now.state, now.kind, now.contact) == ("submitted", "Update", "110")


@pytest.mark.parametrize("to", ["check", "seats"])
def test_parts_of_the_editor_are_for_writers(office: Office, to: str) -> None:
    one = office.drafted()
    assert send(one, who="team", to=to).status_code == 403
    assert send(one, who="county-b", to=to).status_code == 404
