"""One settings file: every option has a default, is documented, and is checked."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from anlan.site.options import Options, read
from anlan.terms.errors import Malformed

DOC = Path(__file__).parents[3] / "docs" / "reference" / "settings.md"
ROW = re.compile(r"^\| `(\w+)` \| `(.*?)` \|", re.MULTILINE)


def test_the_page_tells_every_option_with_its_default() -> None:
    told = dict(ROW.findall(DOC.read_text("utf-8")))
    assert list(told) == [one.name for one in fields(Options)]
    for one in fields(Options):
        default = list(one.default) if isinstance(one.default, tuple) else one.default
        shown = str(default).lower() if isinstance(default, bool) else default
        assert told[one.name] == (f'"{shown}"' if isinstance(default, str) else str(shown))


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path / "anlan.toml") == Options()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("colour = 'red'", "colour"),
        ("smtp_port = 'many'", "smtp_port"),
        ("https = 1", "https"),
        ("hosts = [1]", "hosts"),
        ("log_format = 'xml'", "text or json"),
        ("smtp_password = 1234567", "smtp_password must be a text$"),
        ("name = x", "line 1"),
        ("address = 'anlan.county.example'", "such as https://"),
        ("address = 'https://anlan.county.example/'", "such as https://"),
        ("sandbox_mail = ['nobody']", "sandbox_mail must be a list of mailboxes"),
        ("sandbox_webhook = ['ftp://a.example']", "sandbox_webhook must be a list of web"),
        ("warning_webhooks = ['https://u:p@a.example/']", "warning_webhooks must be a list of web"),
        ("warning_webhooks = 'https://a.example/'", "warning_webhooks must be a list of texts"),
        ("warning_webhook_form = 'yaml'", "json or xml"),
        ("address = 7", "address must be a text"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "anlan.toml"
    path.write_text(text)
    with pytest.raises(Malformed, match=named) as caught:
        read(path)
    assert str(path) in str(caught.value)


def test_a_list_of_names_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "anlan.toml"
    path.write_text("hosts = ['a.example', 'b.example']\nhttps = true")
    assert read(path).hosts == ("a.example", "b.example")


def test_sinks_of_warnings_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "anlan.toml"
    path.write_text(
        "sandbox_mail = ['drill@a.example']\nsandbox_webhook = ['http://10.0.0.7:8080/drill']\n"
        "warning_webhooks = ['https://a.example/in?of=1']\nwarning_webhook_form = 'xml'"
    )
    found = read(path)
    assert (found.sandbox_mail, found.sandbox_webhook, found.warning_webhooks) == (
        ("drill@a.example",), ("http://10.0.0.7:8080/drill",), ("https://a.example/in?of=1",)
    )  # fmt: skip
