"""SM2 and SM3 against the examples that the standards print."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cap.sign import sm2
from anlan.terms.errors import Malformed

# GB/T 32918.5-2017, A.2: the curve of the standard, the signer 1234567812345678.
PRIVATE = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
PUBLIC = bytes.fromhex(
    "04"
    "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
MESSAGE = b"message digest"
SUMMARY = 0xF0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640
ONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)

NUMBERS = st.integers(1, sm2.N - 2)


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_digests_of_gbt_32905(message: bytes, digest: str) -> None:
    assert sm2.sm3(message).hex() == digest


def test_a_signature_is_the_one_of_gbt_32918_5() -> None:
    assert sm2.public_of(PRIVATE) == PUBLIC
    assert sm2.summary_of(MESSAGE, PUBLIC) == SUMMARY
    assert sm2.sign_summary(PRIVATE, SUMMARY, ONCE) == SIGNATURE
    assert sm2.verify(PUBLIC, MESSAGE, SIGNATURE)


@settings(deadline=None, max_examples=30)
@given(NUMBERS, st.binary(max_size=200))
def test_what_is_signed_verifies_and_nothing_else(private: int, message: bytes) -> None:
    public, signature = sm2.public_of(private), sm2.sign(private, message)
    assert signature == sm2.sign(private, message)
    assert sm2.verify(public, message, signature)
    assert not sm2.verify(public, message + b".", signature)
    assert not sm2.verify(public, message, signature, identity=b"another")
    assert not sm2.verify(PUBLIC, message, signature)


@settings(deadline=None)
@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_byte_fails(place: int, change: int) -> None:
    changed = bytearray(SIGNATURE)
    changed[place] ^= change
    assert not sm2.verify(PUBLIC, MESSAGE, bytes(changed))


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        SIGNATURE[:63],
        bytes(64),
        bytes(32) + SIGNATURE[32:],
        SIGNATURE[:32] + bytes(32),
        SIGNATURE[:32] + sm2.N.to_bytes(32),
        SIGNATURE[:32] + (sm2.N - int.from_bytes(SIGNATURE[:32])).to_bytes(32),
    ],
)
def test_numbers_out_of_range_fail(signature: bytes) -> None:
    assert not sm2.verify(PUBLIC, MESSAGE, signature)


@pytest.mark.parametrize("public", [b"", PUBLIC[1:], PUBLIC[:-1] + b"\x14", b"\x04" + bytes(64)])
def test_a_point_off_the_curve_is_no_key(public: bytes) -> None:
    with pytest.raises(Malformed):
        sm2.point_of(public)


@pytest.mark.parametrize("private", [0, -1, sm2.N - 1, sm2.N])
def test_a_number_out_of_range_is_no_private_key(private: int) -> None:
    with pytest.raises(Malformed, match="out of range"):
        sm2.public_of(private)
