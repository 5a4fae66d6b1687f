"""The tests that every sheet must pass: inherit, and say which rows stand where.

class TestEnterprises(SheetTests):
    sheet = ENTERPRISES
    own, other = "990101-plant", "990102-plant"

    def stand(self) -> None: ...        # puts both rows in place
    fresh = {"name": "…", "region": "990101001001"}    # the fields of a new one
"""

import csv
import io
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.apps.people.models import AuditLine
from anlan.desk.sheet import Sheet

ClientFor = Callable[[str], Client]
PAGE = {"accept": "text/html"}


class SheetTests:
    """own lies in county 990101, other in 990102; editor may change there, reader only reads.

    own_told, other_told: what lists and files say of the two, where it is not the key ·
    most_queries: of a list page, whatever its length.
    """

    sheet: ClassVar[Sheet]
    own: ClassVar[str]
    other: ClassVar[str]
    fresh: ClassVar[dict[str, str]]
    own_told: ClassVar[str] = ""
    other_told: ClassVar[str] = ""
    editor: ClassVar[str] = "county-admin"
    reader: ClassVar[str] = "county"
    most_queries: ClassVar[int] = 10

    def stand(self) -> None:
        """Puts the rows in place."""
        raise NotImplementedError  # each sheet says how

    def more(self, count: int) -> None:
        """Puts so many further rows of the own county in place."""
        raise NotImplementedError  # each sheet says how

    @pytest.fixture(autouse=True)
    def _stand(self, world: object) -> None:
        self.stand()

    def at(self, *parts: str) -> str:
        return self.sheet.url(*parts)

    def key(self, key: str) -> str:
        return quote(key, safe="")

    def test_a_stranger_sees_no_page(self) -> None:
        for path in (self.at(), self.at(self.key(self.own)), self.at("export.csv")):
            assert Client(headers=PAGE).get(path).status_code == 302
            assert Client().get(path).status_code == 401

    def test_the_list_holds_the_own_county_only(self, client_for: ClientFor) -> None:
        text = client_for(self.reader).get(self.at()).content.decode()
        assert (self.own_told or self.own) in text
        assert (self.other_told or self.other) not in text

    def test_a_row_of_another_county_is_as_one_that_is_not(self, client_for: ClientFor) -> None:
        browser = client_for(self.reader)
        assert browser.get(self.at(self.key(self.own))).status_code == 200
        other, nothing = (browser.get(self.at(self.key(k))) for k in (self.other, "990199-none"))
        assert other.status_code == nothing.status_code == 404
        told = [page.content.decode().replace(self.key(key), "…").replace(key, "…")
                for page, key in ((other, self.other), (nothing, "990199-none"))]  # fmt: skip
        assert told[0].count("…") == told[1].count("…")

    def test_a_search_finds_the_own_county_only(self, client_for: ClientFor) -> None:
        browser = client_for(self.reader)
        for key in (self.own, self.other):
            text = browser.get(self.at(), {"q": key}).content.decode()
            assert (f">{self.other}<" in text, self.at(self.key(self.other)) in text) == (
                False,
            ) * 2
        found = browser.get(self.at(), {"q": self.own}).content.decode()
        assert self.at(self.key(self.own)) in found

    @pytest.mark.parametrize("form", ["csv", "xlsx", "geojson"])
    def test_an_export_holds_the_own_county_and_is_audited(
        self, client_for: ClientFor, form: str
    ) -> None:
        answer = client_for(self.reader).get(self.at(f"export.{form}"))
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # it is streamed
        if form != "xlsx":
            assert (self.own_told or self.own) in content.decode()
            assert (self.other_told or self.other) not in content.decode()
        line = AuditLine.objects.first()
        assert line is not None
        assert (line.who, line.target) == (self.reader, f"{self.sheet.name}/export.{form}")

    def test_the_list_asks_as_often_for_many_as_for_few(self, client_for: ClientFor) -> None:
        browser = client_for(self.reader)
        browser.get(self.at())
        few = self._queries(browser)
        self.more(40)
        browser.get(self.at())
        assert self._queries(browser) == few <= self.most_queries

    def _queries(self, browser: Client) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert browser.get(self.at()).status_code == 200
        return len(caught)

    @pytest.mark.parametrize(("language", "is_chinese"), [("zh-hans", True), ("en", False)])
    def test_pages_are_in_the_readers_language(
        self, client_for: ClientFor, language: str, is_chinese: bool
    ) -> None:
        from django.utils import translation

        browser = client_for(self.editor)
        browser.cookies["anlan_language"] = language
        with translation.override(language):
            title = str(self.sheet.title)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in title) is is_chinese
        for path in (self.at(), self.at(self.key(self.own))):
            assert title in browser.get(path).content.decode()

    def test_bad_query_strings_are_no_fault_of_ours(self, client_for: ClientFor) -> None:
        browser = client_for(self.reader)
        for query in ({"after": "…"}, {"after": "WzFd"}, {"before": "W10"}):
            assert browser.get(self.at(), query).status_code == 400
        for query in ({"q": "\"' OR *"}, {"region": "x"}, {"q": "。"}, {"q": "库"}):
            assert browser.get(self.at(), query).status_code == 200
        assert browser.get(self.at("export.exe")).status_code == 404


class EditableSheetTests(SheetTests):
    """For a sheet whose rows are made, changed and ended."""

    changed: ClassVar[tuple[str, str]] = ("name", "改名")

    def test_a_role_that_only_reads_gets_no_form(self, client_for: ClientFor) -> None:
        browser = client_for(self.reader)
        paths = [self.at("new"), self.at("import"), self.at(self.key(self.own), "edit"),
                 self.at(self.key(self.own), "end")]  # fmt: skip
        for path in paths:
            assert browser.get(path).status_code == 403
            assert browser.post(path, self.fresh).status_code == 403

    def test_a_row_of_another_county_cannot_be_edited(self, client_for: ClientFor) -> None:
        browser = client_for(self.editor)
        for page in ("edit", "end"):
            path = self.at(self.key(self.other), page)
            assert browser.get(path).status_code == 404
            assert browser.post(path, self.fresh).status_code == 404

    def test_a_row_is_made_and_audited(self, client_for: ClientFor, asker_for: Any) -> None:
        browser = client_for(self.editor)
        assert browser.get(self.at("new")).status_code == 200
        answer = browser.post(self.at("new"), self.fresh)
        assert answer.status_code == 302, answer.content.decode()
        key = answer.headers["Location"].rsplit("/", 1)[1]
        assert self.sheet.row(asker_for(self.editor), key).region.startswith("990101")
        line = AuditLine.objects.get(target=f"{self.sheet.name}/{key}")
        assert (line.who, line.act) == (self.editor, self.sheet.change)

    def test_an_edit_holds_and_a_second_editor_is_told(
        self, client_for: ClientFor, asker_for: Any
    ) -> None:
        browser, path = client_for(self.editor), self.at(self.key(self.own), "edit")
        data = self.filled(browser, path)
        name, value = self.changed
        assert browser.post(path, {**data, name: value}).status_code == 302
        late = browser.post(path, {**data, name: "too late"})
        assert late.status_code == 422
        row = self.sheet.row(asker_for(self.editor), self.own)
        assert str(self.sheet.values_of(row)[name]) == value

    def test_a_row_ends_and_is_on_no_list(self, client_for: ClientFor) -> None:
        browser, path = client_for(self.editor), self.at(self.key(self.own), "end")
        page = browser.get(path)
        assert browser.post(path, {"version": page.context["version"]}).status_code == 302
        self.is_ended(browser)

    def is_ended(self, browser: Client) -> None:
        assert browser.get(self.at(self.key(self.own))).status_code == 404
        assert self.at(self.key(self.own)) not in browser.get(self.at()).content.decode()

    def test_nothing_is_made_beyond_the_own_county(self, client_for: ClientFor) -> None:
        fresh = {**self.fresh, **self.elsewhere()}
        answer = client_for(self.editor).post(self.at("new"), fresh)
        assert answer.status_code == 422

    def elsewhere(self) -> dict[str, str]:
        """What puts a new row into the other county."""
        return {"region": "990102001001"}

    def filled(self, browser: Client, path: str) -> dict[str, str]:
        """The fields of a form as a browser sends them."""
        page = browser.get(path)
        form = page.context["form"]
        values = {one.name: one.value() for one in form}
        data = {
            name: str(value) for name, value in values.items() if value not in (None, "", False)
        }
        return {**data, "version": page.context["version"]}

    def test_what_is_exported_can_be_imported_and_changes_nothing(
        self, client_for: ClientFor
    ) -> None:
        browser = client_for(self.editor)
        for form in ("csv", "xlsx", "geojson"):
            answer = browser.get(self.at(f"export.{form}"))
            file = io.BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]  # it is streamed
            file.name = f"x.{form}"
            page = browser.post(self.at("import"), {"file": file})
            assert page.status_code == 200
            report = page.context["report"]
            assert ([*report.faults], report.made, report.changed) == ([], 0, 0)
            assert report.same > 0

    def test_wrong_rows_are_named_and_the_right_ones_taken(
        self, client_for: ClientFor, asker_for: Any
    ) -> None:
        browser, before = client_for(self.editor), self.count(asker_for)
        page = browser.post(self.at("import"), {"file": self.file([self.fresh, {}, self.fresh])})
        assert page.status_code == 200
        report = page.context["report"]
        assert 3 in {fault.number for fault in report.faults}
        assert self.count(asker_for) == before
        taken = report.made
        assert taken >= 1
        done = browser.post(self.at("import", "confirm"), {"ticket": page.context["ticket"]})
        assert done.status_code == 302
        assert self.count(asker_for) == before + taken

    def test_the_key_of_another_county_tells_nothing(self, client_for: ClientFor) -> None:
        if "key" not in self.fresh:
            pytest.skip("its keys say where it lies")
        browser = client_for(self.editor)
        answers = []
        for key in (self.other, "990102-free", "…/…", "x" * 129):
            page = browser.post(
                self.at("import"), {"file": self.file([{**self.fresh, "key": key}])}
            )
            answers.append([fault.reason for fault in page.context["report"].faults])
        assert answers[0] == answers[1] == answers[2]
        assert answers[0]

    def count(self, asker_for: Any) -> int:
        return int(self.sheet.rows(asker_for(self.editor)).count())

    def file(self, rows: list[dict[str, str]]) -> io.BytesIO:
        """A CSV file of some rows, with a byte-order mark."""
        text = io.StringIO()
        writer = csv.DictWriter(text, list(self.fresh))
        writer.writeheader()
        for row in rows:
            writer.writerow(row or dict.fromkeys(self.fresh, "?"))
        file = io.BytesIO(text.getvalue().encode("utf-8-sig"))
        file.name = "rows.csv"
        return file
