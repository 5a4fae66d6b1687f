"""A person at a browser without scripts: pages are read, forms are filled in and sent."""

from typing import Any, Self

import httpx
from lxml.html import document_fromstring

_WRONG = "[role=alert], .field-error, .note-stop"


class Plain:
    """Somebody of the demo who has signed in; `page` is what stands before them."""

    def __init__(self, url: str, key: str) -> None:
        self._client = httpx.Client(
            base_url=url, follow_redirects=True, timeout=30,
            headers={"Accept": "text/html", "Accept-Language": "zh"},
        )  # fmt: skip
        self.open("/login")
        self.send("/login", **{"key": key, "password": "anlan-demo"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def open(self, path: str) -> str:
        """The text of a page."""
        return self._shows(self._client.get(path))

    def fetch(self, path: str) -> bytes:
        """A file."""
        answer = self._client.get(path)
        assert answer.status_code == 200, path
        return answer.content

    def send(self, action: str, press: str = "", **typed: str) -> str:
        """Sends the form of this page whose address ends so, with what is typed over what stood.

        Empty: the form that goes to the page itself.
        """
        forms = [f for f in self.page.forms if bool(f.action) == bool(action)]
        form = next(f for f in forms if str(f.action or "").endswith(action))
        fields = {**dict(form.form_values()), **typed, **({press: "1"} if press else {})}
        there = form.action or str(self._at)
        return self._shows(self._client.post(there, data=fields, headers={"Referer": self._at}))

    def links(self, path: str) -> list[str]:
        """The addresses on a page at the first element of each that a CSS path finds."""
        return [str(one.get("href")) for one in self.page.cssselect(path)]

    def has(self, action: str) -> bool:
        """Whether the page has a form whose address ends so."""
        return any(str(f.action or "").endswith(action) for f in self.page.forms)

    def _shows(self, answer: httpx.Response) -> str:
        self._at, self.path = str(answer.url), answer.url.path
        self.page: Any = document_fromstring(answer.text)
        told = [one.text_content() for one in self.page.cssselect(_WRONG)]
        assert answer.status_code < 400, (self._at, answer.status_code, told)
        return answer.text
