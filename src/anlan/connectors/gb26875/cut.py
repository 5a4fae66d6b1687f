"""Where a frame of the standard ends, and whether its length, end and check sum are right."""

from anlan.connectors.cut import Judge
from anlan.connectors.gb26875.heads import AROUND, END, HEAD_BYTES, MARK, MOST_UNIT, check_sum


def judged(kept: bytes, mark: int) -> tuple[int, str]:
    """Where the frame of a mark ends, and why it is none; as cut.Judge says."""
    came = len(kept) - mark
    if came < HEAD_BYTES:
        return len(kept) + 1, f"cut short: {came} of the first {HEAD_BYTES} bytes came"
    size = kept[mark + 24] | kept[mark + 25] << 8
    if size > MOST_UNIT:
        return mark, f"wrong length: a data unit of {size} bytes, {MOST_UNIT} are allowed"
    end = mark + AROUND + size
    if end > len(kept):
        return end, f"cut short: {came} of {AROUND + size} bytes came"
    if kept[end - 2 : end] != END:
        return mark, (
            f"wrong length or end: {END.hex()} should end {AROUND + size} bytes, "
            f"{kept[end - 2 : end].hex()} does"
        )
    wanted = check_sum(kept[mark : end - 3])
    if kept[end - 3] != wanted:
        return end, f"wrong check sum: {kept[end - 3]:02x} came, {wanted:02x} is right"
    return end, ""


JUDGE = Judge(MARK, judged)
