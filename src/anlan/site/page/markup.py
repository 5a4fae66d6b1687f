"""Elements of a page as text; everything that is not markup already is escaped."""

import html
from typing import Self

_VOID = {"meta", "link", "br", "img", "input", "line", "path", "circle", "rect", "polyline", "use"}


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()

    @classmethod
    def joined(cls, parts: "list[Markup]") -> Self:
        """Several pieces one after the other."""
        return cls("".join(parts))


Content = Markup | str | float | None


def text(content: Content) -> Markup:
    """Content as markup: text is escaped, None is nothing."""
    if isinstance(content, Markup):
        return content
    return Markup("" if content is None else html.escape(str(content), quote=True))


def el(tag: str, *content: Content, **attributes: str | float | bool | None) -> Markup:
    """One element; of attributes `cls` is class, `_` is `-`, None and False leave one out."""
    words = [tag]
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        shown = "class" if name == "cls" else name.replace("_", "-")
        words.append(shown if value is True else f'{shown}="{html.escape(str(value), quote=True)}"')
    opened = f"<{' '.join(words)}>"
    if tag in _VOID:
        return Markup(
            opened if tag in ("meta", "link", "br", "img", "input") else f"{opened[:-1]}/>"
        )
    return Markup(f"{opened}{''.join(text(one) for one in content)}</{tag}>")
