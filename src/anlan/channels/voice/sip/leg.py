"""Our end of a call: who speaks with whom, by which way, and what was said last (a dialog)."""

from dataclasses import dataclass, field

from anlan.channels.voice.sip.message import Headers, Request, Response, parameters, uri_in
from anlan.channels.voice.sip.wire import MAGIC, token


@dataclass(slots=True, kw_only=True)
class Leg:
    """own, far: addresses of both · contact: where we are reached · via: our host and port."""

    own: str
    far: str
    contact: str
    via: str
    call_id: str
    tag: str = field(default_factory=token)
    far_tag: str = ""
    target: str = ""
    routes: list[str] = field(default_factory=list)
    sequence: int = 0

    def request(self, method: str, *more: tuple[str, str], body: bytes = b"") -> Request:
        """The next request of ours."""
        self.sequence += 1
        return self._written(method, self.sequence, f"{MAGIC}{token()}", more=more, body=body)

    def ack(self, invite: Request, final: Response) -> Request:
        """What acknowledges a final answer to an INVITE."""
        number = int(invite.first("CSeq").split()[0])
        if final.status < 300:
            own = tuple(h for h in invite.headers if h[0].endswith("Authorization"))
            return self._written("ACK", number, f"{MAGIC}{token()}", more=own)
        kept = [h for h in invite.headers if h[0] in ("Via", "From", "Call-ID", "Max-Forwards")]
        headers = (*kept, ("To", final.first("To")), ("CSeq", f"{number} ACK"))
        return Request(headers, method="ACK", uri=invite.uri)

    def cancel(self, invite: Request) -> Request:
        """What takes an INVITE back."""
        number = invite.first("CSeq").split()[0]
        kept = [h for h in invite.headers if h[0] in ("Via", "From", "To", "Call-ID",
                                                      "Max-Forwards")]  # fmt: skip
        return Request((*kept, ("CSeq", f"{number} CANCEL")), method="CANCEL", uri=invite.uri)

    def learn(self, answer: Response) -> None:
        """Whoever picked up is who is spoken with from now on."""
        self.far_tag = parameters(answer.first("To")).get("tag", "")
        self.target = uri_in(next(iter(answer.every("Contact")), "")) or self.far
        self.routes = answer.every("Record-Route")[::-1]

    def is_of(self, request: Request) -> bool:
        """Whether a request of others belongs to this call."""
        return (
            request.first("Call-ID") == self.call_id
            and parameters(request.first("To")).get("tag") == self.tag
            and parameters(request.first("From")).get("tag", "") == self.far_tag
        )

    def _written(
        self, method: str, number: int, branch: str, *, more: Headers, body: bytes = b""
    ) -> Request:
        to = f"<{self.far}>" + (f";tag={self.far_tag}" if self.far_tag else "")
        headers = (
            ("Via", f"SIP/2.0/UDP {self.via};branch={branch};rport"),
            ("Max-Forwards", "70"),
            ("From", f"<{self.own}>;tag={self.tag}"),
            ("To", to),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            *(("Route", route) for route in self.routes),
            ("Contact", f"<{self.contact}>"),
            ("User-Agent", "Anlan"),
            *more,
        )
        return Request(headers, body, method=method, uri=self.target or self.far)
