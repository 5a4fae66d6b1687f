"""Scripts, styles and fonts go out piece by piece under ASGI, as WhiteNoise has found them."""

import io
from collections.abc import Callable

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase

from anlan.desk.pieces import pieces_of

_Next = Callable[[HttpRequest], HttpResponseBase]


class PiecesMiddleware:
    """Stands around WhiteNoise, whose files Django would otherwise read whole."""

    def __init__(self, get_response: _Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self._next(request)
        if isinstance(answer, FileResponse):
            answer.streaming_content = pieces_of(request, answer.file_to_stream or io.BytesIO())
        return answer
