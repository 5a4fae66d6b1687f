"""The hints of a sensor's page: what the detectors say, marked as what it is."""

from anlan.site.page.hints.advice import Advice
from anlan.site.page.hints.adviser import Adviser
from anlan.site.page.hints.wording import basis_words, heading_words, phase_words, shift_words
from anlan.site.page.markup import Markup, el
from anlan.site.page.views.parts import Look
from anlan.terms.sensors import Sensor


def hints(look: Look, adviser: Adviser, sensor: Sensor) -> Markup:
    """The panel."""
    words, advice = look.words, adviser.advice(look.board, sensor, now=look.now)
    if advice is None:
        said = [el("p", words("Nothing known is near: no hints."), cls="empty")]
    else:
        said = _said(look, advice, look.meaning.unit(sensor))
    title = el("h2", words("Hints"), " ", el("span", words("advisory: they change no alarm")))
    return el("section", title, *said, id="hints", cls="panel hints")


def _said(look: Look, advice: Advice, unit: str) -> list[Markup]:
    words = look.words
    basis = basis_words(advice, unit, words)
    return [
        el(
            "p",
            heading_words(advice, unit, words),
            cls="first" if advice.arrives_in_ms is not None else None,
        ),
        el("p", basis, cls="legend") if basis else Markup(""),
        el("p", phase_words(advice, unit, words)),
        el("p", shift_words(advice, unit, words)),
    ]
