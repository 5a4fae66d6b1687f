"""`anlan cap sign`, `verify` and `national`, as people type them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from anlan.cap.write import write as write_alert
from anlan.site.cli import main
from tests.pure.cap.papers import ALERT, certify, certify_sm2, pem_of, pem_of_sm2, secret_of
from tests.pure.cap.test_national import ALERT as NATIONAL_ALERT


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an alert, keys and certificates, where the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alert.xml").write_bytes(ALERT)
    (tmp_path / "national.xml").write_bytes(write_alert(NATIONAL_ALERT))
    for name, number in (("a", 0), ("b", 1)):
        secret = secret_of("rsa", number)
        (tmp_path / f"{name}.key").write_bytes(pem_of(secret))
        pem = certify(name, secret, days=36_500).opened.public_bytes(Encoding.PEM)
        (tmp_path / f"{name}.pem").write_bytes(pem)
    (tmp_path / "sm2.key").write_bytes(pem_of_sm2(77))
    (tmp_path / "sm2.pem").write_bytes(certify_sm2("国密", 77).opened.public_bytes(Encoding.PEM))
    return tmp_path


def run(*words: str, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["cap", *words], input=given)


def test_two_offices_sign_and_their_signatures_are_verified(desk: Path) -> None:
    first = run("sign", "alert.xml", "--key", "a.key", "--cert", "a.pem")
    assert first.exit_code == 0, first.output
    words = ("--key", "sm2.key", "--cert", "sm2.pem", "--out", "signed.xml")
    second = run("sign", "-", *words, given=first.stdout_bytes)
    assert second.exit_code == 0, second.output
    told = run("verify", "signed.xml", "--json", "--at", "2026-07-02T00:00:00Z")
    assert told.exit_code == 0
    [line] = [json.loads(line) for line in told.stdout.splitlines()]
    assert line["signature"] == "valid"
    assert [signer["subject"] for signer in line["signers"]] == ["CN=a", "CN=国密"]
    assert [signer["trusted"] for signer in line["signers"]] == [None, None]


def test_trust_is_another_answer_than_the_arithmetic(desk: Path) -> None:
    words = ("--key", "a.key", "--cert", "a.pem", "--out", "signed.xml")
    assert run("sign", "alert.xml", *words).exit_code == 0
    assert run("verify", "signed.xml").exit_code == 0
    trusted = run("verify", "signed.xml", "--trust", "a.pem")
    assert (trusted.exit_code, "CN=a, trusted" in trusted.output) == (0, True)
    strange = run("verify", "signed.xml", "--trust", "b.pem")
    assert strange.exit_code == 1
    assert "valid: CN=a, not trusted" in strange.output
    assert "no trusted certificate vouches for CN=a" in strange.output


def test_a_changed_file_an_unsigned_one_and_no_xml_are_told_apart(desk: Path) -> None:
    words = ("--key", "a.key", "--cert", "a.pem", "--out", "signed.xml")
    run("sign", "alert.xml", *words)
    changed = (desk / "signed.xml").read_bytes().replace(b"Exercise", b"Actual")
    (desk / "changed.xml").write_bytes(changed)
    (desk / "text.xml").write_text("no XML")
    told = run("verify", "--json", "signed.xml", "changed.xml", "alert.xml", "text.xml")
    assert told.exit_code == 1
    states = [json.loads(line)["signature"] for line in told.stdout.splitlines()]
    assert states == ["valid", "invalid", "absent", "malformed"]
    refused = run("sign", "changed.xml", "--key", "b.key", "--cert", "b.pem")
    assert refused.exit_code == 1
    assert "does not hold" in refused.output


def test_what_must_not_be_issued_is_not_signed(desk: Path) -> None:
    polygon = b"</areaDesc><polygon>0,0 2,2 0,2 2,0 0,0</polygon>"
    (desk / "crossing.xml").write_bytes(ALERT.replace(b"</areaDesc>", polygon))
    (desk / "short.xml").write_bytes(ALERT.replace(b"<scope>Public</scope>", b""))
    (desk / "old.xml").write_bytes(ALERT.replace(b"cap:1.2", b"cap:1.1"))
    whys = {"crossing.xml": "crossing", "short.xml": "neither CAP", "old.xml": "no place"}
    for name, why in whys.items():
        refused = run("sign", name, "--key", "a.key", "--cert", "a.pem", "--out", "out.xml")
        assert refused.exit_code == 1
        assert why in refused.output
        assert not (desk / "out.xml").exists()


def test_a_key_needs_its_certificate_and_its_password(desk: Path) -> None:
    wrong = run("sign", "alert.xml", "--key", "a.key", "--cert", "b.pem")
    assert wrong.exit_code == 1
    assert "not that of the certificate" in wrong.output
    secret = secret_of("rsa", 0)
    locked = secret.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"river")
    )
    (desk / "locked.key").write_bytes(locked)
    (desk / "password").write_text("river\n")
    words = ("sign", "alert.xml", "--key", "locked.key", "--cert", "a.pem")
    assert run(*words).exit_code == 1
    assert run(*words, "--password-file", "password").exit_code == 0


def test_a_cap_message_becomes_a_national_one_and_back(desk: Path) -> None:
    (desk / "outbox").mkdir()
    words = ("--signer", "王值班", "--way", "sms:G01,G02", "--folder", "outbox")
    made = run("national", "write", "national.xml", *words)
    assert made.exit_code == 0, made.output
    name = "99010041600000_20260701080000_11B17_ORANGE_ALERT.XML"
    assert made.stdout.strip() == f"outbox/{name}"
    again = run("national", "write", "national.xml", *words)
    assert again.exit_code == 1
    assert "already there" in again.output
    back = run("national", "read", f"outbox/{name}")
    assert back.exit_code == 0, back.output
    (desk / "back.xml").write_bytes(back.stdout_bytes)
    assert run("check", "back.xml").exit_code == 0
    checked = run("national", "check", f"outbox/{name}", "alert.xml")
    assert checked.exit_code == 1
    assert checked.output.startswith(f"readable  outbox/{name}\n")
    assert "malformed alert.xml\n  " in checked.output


def test_a_national_message_can_be_signed(desk: Path) -> None:
    made = run("national", "write", "national.xml", "--signer", "王值班", "--way", "SPEAKER")
    (desk / "notice.xml").write_bytes(made.stdout_bytes)
    words = ("--key", "sm2.key", "--cert", "sm2.pem", "--out", "signed.xml")
    signed = run("sign", "notice.xml", *words)
    assert signed.exit_code == 0, signed.output
    assert run("verify", "signed.xml").exit_code == 0
    assert run("national", "check", "signed.xml").exit_code == 0


def test_the_event_types_say_where_they_were_seen(desk: Path) -> None:
    told = run("national", "events").output.splitlines()
    [fog] = [line for line in told if line.startswith("11B17")]
    assert fog.startswith("11B17  Met    大雾  (an alert of a weather office")
    assert all("(" in line for line in told)


@pytest.mark.parametrize(
    "words", [("sign",), ("verify",), ("national", "write"), ("national", "read"), ("sign", "x")]
)
def test_wrong_usage_is_status_2(desk: Path, words: tuple[str, ...]) -> None:
    assert run(*words).exit_code == 2
    assert run(*words[:1], "--help").exit_code == 0
