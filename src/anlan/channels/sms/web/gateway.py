"""A gateway as data: what it is asked, where its verdict stands, and what it calls back with."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from anlan.channels.sms.web.filling import WAYS_TO_SIGN, WRITTEN, is_made_of, names_in
from anlan.channels.web.target import Target, target_of
from anlan.terms.errors import Malformed

FILE = "file:"
"""What an address of a gateway begins with that a file describes."""
KNOWN = (
    "number", "international", "text", "key", "time_s", "time_ms", "user", "password", "sender",
)  # fmt: skip
"""What a message, its moment and the account give."""
SIGNATURE, BODY = "signature", "body"
FORMS = ("json", "form")
QUERY = "query"
"""Of a callback that is a GET and says all in its address."""
_CHARSETS = ("utf-8", "gbk", "gb18030")
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")


class Part(Protocol):
    """A part of the description: a dataclass that judges itself."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def wrong(self) -> str:
        """The name of the field that is not fit; empty for none."""
        ...


T = TypeVar("T", bound=Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How a request is signed: the digest of `over`, which `{signature}` then stands for."""

    over: str = ""
    by: str = "hmac-sha256"
    written: str = "hex"

    def wrong(self) -> str:
        if not is_made_of(self.over, (*KNOWN, BODY)):
            return "over"
        return "by" if self.by not in WAYS_TO_SIGN else "written" * (self.written not in WRITTEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Where the verdict and the gateway's own name of the message stand in its answer.

    verdict, reference, why: places in JSON such as `data.0.id`; or pattern: of a plain text, with
    groups of these names · accepted, refused, settings: verdicts that say so; whatever else is
    tried again. Without a verdict the HTTP status is it.
    """

    verdict: str = ""
    reference: str = ""
    why: str = ""
    pattern: str = ""
    accepted: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def wrong(self) -> str:
        try:
            re.compile(self.pattern)
        except re.error:
            return "pattern"
        has_verdict = self.verdict or "(?P<verdict>" in self.pattern
        return "accepted" * (bool(has_verdict) != bool(self.accepted))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Where a status report stands in what it calls back with.

    form: of the body, `json` or `form`; or `query` of a GET · list: the place of the list of
    reports, empty where the whole is the list or the one · delivered, lost: the words that say so;
    others say nothing yet · answer: what the gateway wants to hear.
    """

    form: str = "json"
    list: str = ""
    reference: str = ""
    verdict: str = ""
    delivered: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    answer: str = "OK"

    def wrong(self) -> str:
        lacking = {
            "reference": not self.reference, "verdict": not self.verdict,
            "delivered": not self.delivered, "form": self.form not in (*FORMS, QUERY),
        }  # fmt: skip
        return next((name for name, is_lacking in lacking.items() if is_lacking), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Where what a phone wrote stands. key: the gateway's name of it · time: its moment, which
    tells two of the same apart where there is no key; without both, one told twice would be two.
    """

    form: str = "json"
    list: str = ""
    number: str = ""
    text: str = ""
    key: str = ""
    time: str = ""
    answer: str = "OK"

    def wrong(self) -> str:
        lacking = {"number": not self.number, "text": not self.text,
                   "form": self.form not in (*FORMS, QUERY),
                   "key": not self.key and not self.time}  # fmt: skip
        return next((name for name, is_lacking in lacking.items() if is_lacking), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """How a caller proves that it is the gateway; the secret is the site's `sms_callback_secret`.

    token: the header, or else the part of the query, that holds the secret itself; or signature:
    the header that holds the signature of `over`, of `{body}` and `{time}` · time: the header of
    the moment, in s or ms, not over five minutes away; without it a call could be repeated for
    ever · allowed: networks that may call; all
    where there are none.
    """

    token: str = ""
    signature: str = ""
    over: str = "{time}{body}"
    by: str = "hmac-sha256"
    written: str = "hex"
    time: str = ""
    allowed: tuple[str, ...] = ()

    def wrong(self) -> str:
        if not self.token and not self.signature:
            return "signature"  # nobody is believed without
        if self.signature and not self.time:
            return "time"
        if self.signature and not _is_whole(self.over):
            return "over"
        if self.by not in WAYS_TO_SIGN[: len(WAYS_TO_SIGN) // 2]:
            return "by"  # a digest without a key proves nothing
        if self.written not in WRITTEN:
            return "written"
        try:
            self.networks()
        except ValueError:
            return "allowed"
        return ""

    def networks(self) -> list[IPv4Network | IPv6Network]:
        """The networks that may call."""
        return [ip_network(one) for one in self.allowed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What is asked, as templates.

    form: of the body, `json` or `form`; without a body it is in the query alone · charset: of form
    and query, also of those that it calls back with. Raises Malformed naming the part.
    """

    url: str = ""
    method: str = "POST"
    form: str = "json"
    charset: str = "utf-8"
    headers: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    sign: Sign = field(default_factory=Sign)
    answer: Verdict = field(default_factory=Verdict)
    proof: Proof | None = None
    report: Report | None = None
    reply: Reply | None = None

    @property
    def target(self) -> Target:
        """The parts of its address; where it may lead is judged when it is connected to."""
        found = target_of(self.url, allows_private=True)
        if isinstance(found, str):
            raise Malformed(found, where="url")
        return found

    def wrong(self) -> str:
        known = (*KNOWN, *((SIGNATURE,) if self.sign.over else ()))
        asks_itself = SIGNATURE in names_in(dict(self.body)) and "{body}" in self.sign.over
        wrong = {
            "url": isinstance(target_of(self.url, allows_private=True), str),
            "method": self.method not in ("GET", "POST", "PUT"),
            "form": self.form not in FORMS,
            "charset": self.charset not in (("utf-8",) if self.form == "json" else _CHARSETS),
            "headers": not all(_is_header(*pair) for pair in self.headers.items())
            or "text" in names_in(dict(self.headers)) or not is_made_of(dict(self.headers), known),
            "query": not is_made_of(dict(self.query), known),
            "body": not is_made_of(dict(self.body), known) or asks_itself,
            "proof": self.proof is None and bool(self.report or self.reply),
        }  # fmt: skip
        return next((name for name, is_wrong in wrong.items() if is_wrong), "")


def gateway_in(path: Path) -> Gateway:
    """The gateway that a file describes. Raises Malformed naming the file and the part."""
    try:
        return gateway_of(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Malformed(str(error), where=str(path)) from error
    except Malformed as error:
        raise Malformed(f"{error}", where=str(path)) from error


_TABLES: Mapping[str, type[Any]] = {
    "sign": Sign, "answer": Verdict, "proof": Proof, "report": Report, "reply": Reply,
}  # fmt: skip


def gateway_of(told: Mapping[str, Any]) -> Gateway:
    """The same of a table."""
    known = dict(told)
    for name, kind in _TABLES.items():
        if name in known:
            known[name] = _made(kind, known[name], where=f"{name}.")
    return _made(Gateway, known)


def _made(kind: type[T], told: Any, *, where: str = "") -> T:
    """A part of the description, each field of its own type."""
    if not isinstance(told, Mapping):
        raise Malformed("this is a table", where=where.rstrip("."))
    blank, known = kind(), dict(told)
    types = {one.name: type(getattr(blank, one.name)) for one in fields(blank)}
    for name, value in told.items():
        if types.get(name) is tuple and isinstance(value, list):
            known[name] = value = tuple(value)
        is_right = name in types and (types[name] in (type(None), type(value)))
        if not is_right or (
            isinstance(value, tuple) and not all(type(one) is str for one in value)
        ):
            raise Malformed("there is no such part, or it is of another kind", where=where + name)
    made = kind(**known)
    if wrong := made.wrong():
        raise Malformed("it is not fit for a gateway", where=where + wrong)
    return made


def _is_whole(over: str) -> bool:
    """Whether it is of the body, once, and of the moment, and of nothing else."""
    return is_made_of(over, (BODY, "time")) and over.count("{body}") == 1 and "{time}" in over


def _is_header(name: str, value: object) -> bool:
    is_text = isinstance(value, str) and value.isascii() and value.isprintable()
    return (
        bool(_TOKEN.fullmatch(name)) and is_text and name.lower() not in ("host", "content-length")
    )
