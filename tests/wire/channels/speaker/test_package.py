"""Packages: what is written is read back equal; what is hostile is refused without harm."""

import base64
import io
import tarfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.channels.speaker.ebd.document import broadcast_of, read_broadcast
from anlan.channels.speaker.ebd.package import MOST_BYTES, packed, unpacked
from anlan.channels.speaker.ebd.signature import Seal
from anlan.channels.speaker.ebd.words import Audio, Broadcast, Head, Kind, number_of
from anlan.terms.errors import Malformed

SEAL = Seal("0a1b2c3d4e5f", int("27" * 32, 16))
AT = datetime(2026, 7, 1, tzinfo=UTC)
HEAD = Head(id=number_of("1" * 18, "a"), source="1" * 18, target="2" * 18, at=AT)
SAID = Broadcast(
    id="331", is_cancel=False, replaces=("330",), sender="应急局", sender_code="1" * 18, sent=AT,
    event="11A01", level=2, start=AT, end=AT, language="zho", title="标题", text="正文 <&>",
    areas=("331099101201", "331099"), is_drill=True, audio=Audio("spoken.wav", b"sound"),
)  # fmt: skip


def a_package(said: Broadcast = SAID) -> bytes:
    return packed(HEAD, Kind.BROADCAST, broadcast_of(said), seal=SEAL, audio=said.audio)


def test_what_is_written_is_read_back_equal() -> None:
    package = unpacked(a_package(), SEAL.public)
    assert package.is_trusted
    assert package.head == HEAD
    assert read_broadcast(package.body, package.sound) == SAID


def test_the_files_are_named_as_the_platform_expects() -> None:
    with tarfile.open(fileobj=io.BytesIO(a_package())) as tar:
        assert tar.getnames() == [f"EBDB_{HEAD.id}.xml", f"EBDS_EBDB_{HEAD.id}.xml", "spoken.wav"]
        signature = tar.extractfile(tar.getnames()[1])
        assert signature is not None
        text = signature.read().split(b"<SignatureValue>")[1].split(b"<")[0]
    value = base64.b64decode(text)
    assert len(value) == 74
    assert value[:10] == int(AT.timestamp()).to_bytes(4) + bytes.fromhex("0a1b2c3d4e5f")


def test_a_changed_document_is_noticed() -> None:
    data = a_package().replace("应急局".encode(), "应急处".encode())
    with pytest.raises(Malformed, match="signature"):
        unpacked(data, SEAL.public)


def test_a_changed_sound_is_noticed() -> None:
    package = unpacked(a_package().replace(b"sound", b"noise"), SEAL.public)
    with pytest.raises(Malformed, match="sound"):
        read_broadcast(package.body, package.sound)


def test_without_a_key_nothing_is_trusted() -> None:
    assert not unpacked(a_package(), None).is_trusted
    unsigned = packed(HEAD, Kind.BROADCAST, broadcast_of(SAID), seal=None)
    assert not unpacked(unsigned, SEAL.public).is_trusted


def tar_of(*entries: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    kept = io.BytesIO()
    with tarfile.open(fileobj=kept, mode="w") as tar:
        for name, data in entries:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.linkname = len(data), kind, "/etc/passwd"
            tar.addfile(entry, io.BytesIO(data))
    return kept.getvalue()


BOMB = b'<!DOCTYPE a [<!ENTITY x "yyyy"><!ENTITY z "&x;&x;">]><EBD><EBDType>&z;</EBDType></EBD>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1024,
        b"no tar at all",
        tar_of(("../EBDB_1.xml", b"<EBD/>")),
        tar_of(("/EBDB_1.xml", b"<EBD/>")),
        tar_of(("EBDB_1.xml", b""), kind=tarfile.SYMTYPE),
        tar_of(("EBDB_1.xml", b"<EBD/>"), ("EBDB_1.xml", b"<EBD/>")),
        tar_of(("EBDB_1.xml", b"<EBD/>"), ("EBDB_2.xml", b"<EBD/>")),
        tar_of(("EBDB_1.xml", b"<EBD>")),
        tar_of(("EBDB_1.xml", BOMB)),
        tar_of(*((f"EBDX_{n}", b"") for n in range(40))),
        b"\0" * (MOST_BYTES + 1),
    ],
)
def test_hostile_packages_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        unpacked(data, SEAL.public)


@given(st.binary(max_size=3_000), st.integers(0, 9_000))
def test_no_damage_does_more_than_refuse(noise: bytes, at: int) -> None:
    whole = a_package()
    damaged = whole[:at] + noise + whole[at + len(noise) :]
    try:
        package = unpacked(damaged, None)
        read_broadcast(package.body, package.sound)
    except Malformed:
        pass
