"""The unified sign-in, against a provider that really answers over HTTP."""

import base64
import contextlib
import dataclasses
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from anlan.apps.people.actions.provider import KNOWN
from anlan.apps.people.models import Post, User
from tests.apps.conftest import World

PAGE = {"accept": "text/html"}
KEY, FOREIGN = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


class Provider:
    """A small provider: one user, codes that hold once, and what a test wants it to say wrong."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {"alg": "RS256"}
        self.key: Any = KEY
        self.asked: dict[str, str] = {}
        self.verifier = ""
        self.about: dict[str, Any] = {}
        self.asked_for: list[str] = []
        self.drips = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._answers())
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _answers(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked_for.append(self.path)
                if self.path.endswith("openid-configuration"):
                    return self.tell({
                        "issuer": outer.issuer, "jwks_uri": outer.issuer + "/keys",
                        "authorization_endpoint": outer.issuer + "/go",
                        "token_endpoint": outer.issuer + "/token", **outer.about,
                    })  # fmt: skip
                return self.tell({"keys": [KEY.as_dict(private=False)]})

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                outer.verifier = form["code_verifier"][0]
                sent = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
                is_right = form["code"] == ["good"] and sent == "anlan:s3cret"
                self.tell({"id_token": outer.token()} if is_right else {"error": "invalid_grant"},
                          200 if is_right else 400)  # fmt: skip

            def tell(self, body: dict[str, Any], status: int = 200) -> None:
                self.send_response(status)
                self.end_headers()
                with contextlib.suppress(OSError):
                    while outer.drips:
                        self.wfile.write(b" ")
                        time.sleep(0.05)
                    self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                pass

        return Answers

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": "anlan", "sub": "u-77", "iat": now, "exp": now + 60,
                  "nonce": self.asked.get("nonce", ""), **self.claims}  # fmt: skip
        return jwt.encode(self.header, claims, self.key)


@pytest.fixture
def provider(settings: Any, world: World) -> Iterator[Provider]:
    made = Provider()
    KNOWN.forget()
    options = dataclasses.replace(settings.PLACE.options, oidc_issuer=made.issuer,
                                  oidc_client="anlan", oidc_secret="s3cret")  # fmt: skip
    settings.PLACE = dataclasses.replace(settings.PLACE, options=options)
    User.objects.filter(key="county").update(subject="u-77")
    yield made
    made.server.shutdown()
    made.server.server_close()


def go(provider: Provider) -> Client:
    client = Client(headers=PAGE)
    address = client.get("/login/oidc?next=/account").headers["Location"]
    provider.asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
    return client


def come_back(client: Client, provider: Provider, **changed: str) -> Any:
    words = {"code": "good", "state": provider.asked["state"], **changed}
    return client.get("/login/oidc/back", words)


def test_who_signed_in_there_is_in_here_with_their_own_posts(provider: Provider) -> None:
    client = go(provider)
    assert come_back(client, provider).headers["Location"] == "/account"
    assert "county" in client.get("/account").content.decode()
    digest = hashlib.sha256(provider.verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert provider.asked["code_challenge"] == challenge
    assert provider.asked["redirect_uri"] == "http://testserver/login/oidc/back"


def test_who_has_no_account_here_gets_none(provider: Provider) -> None:
    provider.claims = {"sub": "stranger", "name": "county", "email": "county@demo.invalid"}
    before = (User.objects.count(), Post.objects.count())
    client = go(provider)
    assert come_back(client, provider).status_code == 422
    assert client.get("/account").status_code == 302
    assert (User.objects.count(), Post.objects.count()) == before


def test_a_closed_account_stays_closed(provider: Provider) -> None:
    User.objects.filter(key="county").update(is_active=False)
    assert come_back(go(provider), provider).status_code == 422


def test_the_second_factor_is_asked_here_too(provider: Provider) -> None:
    User.objects.filter(key="county").update(second="sealed")
    assert come_back(go(provider), provider).headers["Location"] == "/login/second"


@pytest.mark.parametrize(
    "claims",
    [{"iss": "http://evil.example"}, {"aud": "other"}, {"aud": ["anlan", "other"]},
     {"azp": "other"}, {"nonce": "old"}, {"exp": 1}, {"exp": "soon"}, {"iat": 9_999_999_999},
     {"sub": ""}, {"sub": 7}, {"sub": "x" * 300}],
    ids=str,
)  # fmt: skip
def test_a_token_that_was_not_made_for_this_question_opens_nothing(
    provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    client = go(provider)
    assert come_back(client, provider).status_code == 422
    assert client.get("/account").status_code == 302


def test_a_foreign_signature_opens_nothing(provider: Provider) -> None:
    provider.key = FOREIGN
    assert come_back(go(provider), provider).status_code == 422


def test_no_signature_opens_nothing(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    client = go(provider)

    def part(body: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=")

    now = int(time.time())
    claims = {"iss": provider.issuer, "aud": "anlan", "sub": "u-77", "iat": now,
              "exp": now + 60, "nonce": provider.asked["nonce"]}  # fmt: skip
    monkeypatch.setattr(provider, "token", lambda: f"{part({'alg': 'none'})}.{part(claims)}.")
    assert come_back(client, provider).status_code == 422


@pytest.mark.parametrize("changed", [{"state": "other"}, {"state": ""}, {"code": "stolen"}])
def test_an_answer_to_another_question_opens_nothing(
    provider: Provider, changed: dict[str, str]
) -> None:
    assert come_back(go(provider), provider, **changed).status_code == 422


def test_an_answer_counts_once_and_only_where_it_was_asked(provider: Provider) -> None:
    client = go(provider)
    assert come_back(Client(headers=PAGE), provider).status_code == 422
    assert come_back(client, provider).status_code == 302
    assert come_back(client, provider).status_code == 422


def test_a_provider_that_names_another_issuer_is_not_trusted(provider: Provider) -> None:
    provider.about = {"issuer": "https://evil.example"}
    assert Client(headers=PAGE).get("/login/oidc").status_code == 422


def test_secrets_go_nowhere_without_tls(provider: Provider) -> None:
    provider.about = {"token_endpoint": "http://evil.example/token"}
    assert Client(headers=PAGE).get("/login/oidc").status_code == 422


def test_strangers_do_not_make_the_site_ask_the_provider_again_and_again(
    provider: Provider,
) -> None:
    for _ in range(5):
        assert Client(headers=PAGE).get("/login/oidc").status_code == 302
    assert provider.asked_for == ["/.well-known/openid-configuration"]
    KNOWN.forget()
    provider.about = {"issuer": "https://evil.example"}
    for _ in range(5):
        assert Client(headers=PAGE).get("/login/oidc").status_code == 422
    assert len(provider.asked_for) == 2


def test_a_provider_that_drips_is_not_waited_for(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("anlan.apps.people.actions.provider.WAIT_S", 0.3)
    provider.drips = True
    begun = time.monotonic()
    assert Client(headers=PAGE).get("/login/oidc").status_code == 422
    assert time.monotonic() - begun < 30  # for ever, if nothing ended it


def test_a_provider_that_is_down_is_said_to_be(provider: Provider) -> None:
    provider.server.shutdown()
    provider.server.server_close()
    assert Client(headers=PAGE).get("/login/oidc").status_code == 422


@pytest.mark.usefixtures("world")
def test_without_a_provider_there_is_no_such_way(client_for: Callable[[str], Client]) -> None:
    assert Client(headers=PAGE).get("/login/oidc").status_code == 404
    assert "/login/oidc" not in Client(headers=PAGE).get("/login").content.decode()
