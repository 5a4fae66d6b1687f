"""Response levels 响应级别, lowest first: Ⅳ < Ⅲ < Ⅱ < Ⅰ; a scale of its own."""

from enum import IntEnum


class ResponseLevel(IntEnum):
    """How widely an emergency is answered; never mixed with the levels of warnings."""

    IV = 1
    III = 2
    II = 3
    I = 4  # noqa: E741 - the roman grade is its name

    @property
    def chinese(self) -> str:
        """As plans and pages write it: Ⅲ级."""
        return ("Ⅳ级", "Ⅲ级", "Ⅱ级", "Ⅰ级")[self - 1]


RESPONSE_WORDS = tuple(one.name for one in ResponseLevel)
"""IV, III, II, I."""
