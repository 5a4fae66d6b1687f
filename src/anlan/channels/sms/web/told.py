"""What a gateway calls back with: who may, and the words that it brings. No network.

A word told twice has the same key, whenever and in whatever order it comes; what cannot be read
costs only its own entry.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs

from anlan.channels import Fault, Receipt, State, one_line
from anlan.channels.heard import Heard
from anlan.channels.sms.number import plain
from anlan.channels.sms.web.filling import filled, signed
from anlan.channels.sms.web.gateway import Gateway, Proof, Reply, Report
from anlan.channels.sms.web.verdict import at, text_at
from anlan.terms.errors import Malformed, Refused

KIND = "sms"
MOST = 5_000
"""Words in one call."""
SHORTEST = 16
"""Octets of a secret."""
_OLDEST_S, _LONGEST = 300, 100


@dataclass(frozen=True, slots=True)
class Call:
    """One call. header: gives a header by its name · query: gives a part of the query · caller: the
    address that it comes from."""

    body: bytes
    header: Callable[[str], str]
    query: Callable[[str], str]
    caller: str


def judge(call: Call, proof: Proof, secret: bytes, *, now_ms: int) -> None:
    """Raises Refused for whoever is not the gateway; it is not told what was wrong."""
    allowed = not proof.allowed or _is_from(call.caller, proof)
    believed = len(secret) >= SHORTEST and allowed
    if proof.token:
        told = call.header(proof.token) or call.query(proof.token)
        believed &= hmac.compare_digest(told.encode(), secret)
    if proof.signature:
        believed &= _is_signed(call, proof, secret, now_ms)
    if not believed:
        raise Refused("this is not the gateway")


def _is_from(caller: str, proof: Proof) -> bool:
    try:
        address = ip_address(caller)
    except ValueError:
        return False
    return any(address in network for network in proof.networks())


def _is_signed(call: Call, proof: Proof, secret: bytes, now_ms: int) -> bool:
    moment = call.header(proof.time) if proof.time else ""
    if proof.time:
        at_s = int(moment[:10]) if moment[:10].isdecimal() and len(moment) in (10, 13) else 0
        if abs(now_ms // 1000 - at_s) > _OLDEST_S:
            return False
    before, after = (
        filled(part, {"time": moment}).encode() for part in proof.over.split("{body}", 1)
    )
    mark = signed(before + call.body + after, by=proof.by, key=secret, written=proof.written)
    told = call.header(proof.signature).strip()
    if proof.written == "hex":
        told = told.lower()
    return hmac.compare_digest(told.encode(), mark.encode())


def reports_in(body: bytes, gateway: Gateway, *, now_ms: int) -> list[Heard]:
    """The status reports that are final. Raises Malformed for what is none at all."""
    where = gateway.report
    if where is None:
        raise Malformed("this gateway tells no reports")
    found = (_report(entry, where, now_ms) for entry in _entries(body, where, gateway.charset))
    return [one for one in found if one is not None]


def replies_in(body: bytes, gateway: Gateway, *, now_ms: int) -> list[Heard]:
    """What phones have written. Raises Malformed for what is none at all."""
    where = gateway.reply
    if where is None:
        raise Malformed("this gateway tells no replies")
    found = (_reply(entry, where, now_ms) for entry in _entries(body, where, gateway.charset))
    return [one for one in found if one is not None]


def _entries(body: bytes, where: Report | Reply, charset: str) -> Sequence[Any]:
    try:
        told = json.loads(body) if where.form == "json" else _form(body, charset)
    except (ValueError, RecursionError) as error:
        raise Malformed("it cannot be read") from error
    found = at(where.list, told)
    entries = found if isinstance(found, list) else [found]
    if len(entries) > MOST or not all(isinstance(one, dict) for one in entries):
        raise Malformed(f"it is no list of at most {MOST}")
    return entries


def _form(body: bytes, charset: str) -> Mapping[str, str]:
    pairs = parse_qs(
        body.decode(charset), keep_blank_values=True, encoding=charset, max_num_fields=200
    )
    return {name: values[0] for name, values in pairs.items()}


def _report(entry: Any, where: Report, now_ms: int) -> Heard | None:
    reference, word = text_at(where.reference, entry), text_at(where.verdict, entry)
    if not 0 < len(reference) <= 128 or word not in (*where.delivered, *where.lost):
        return None
    if word in where.delivered:
        receipt = Receipt(state=State.DELIVERED, at=now_ms, reference=reference)
    else:
        reason = f"the mobile network could not deliver it: {word}"
        receipt = Receipt.refused(now_ms, Fault.RECIPIENT, reason)
    key = f"report:{reference}:{receipt.state.value}"
    return Heard(key=key, kind=KIND, at=now_ms, reference=reference, receipt=receipt)


def _reply(entry: Any, where: Reply, now_ms: int) -> Heard | None:
    number, text = text_at(where.number, entry), str(at(where.text, entry) or "")[:1024]
    if not number or len(number) > _LONGEST:
        return None
    name = text_at(where.key, entry)[:_LONGEST]
    if not name:
        told = f"{number}\n{text}\n{text_at(where.time, entry)}".encode("utf-8", "replace")
        name = hashlib.sha256(told).hexdigest()[:32]
    return Heard(key=f"reply:{name}", kind=KIND, at=now_ms, address=plain(number) or number,
                 text=one_line(text, 1024))  # fmt: skip
