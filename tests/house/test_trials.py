"""What the docs tell of trials is what the system page tells: both from one home.

`python -m tests.house.test_trials` writes the table anew.
"""

from pathlib import Path

import django

from tests.house.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "channels.md"
BEGIN, END = "<!-- trials -->\n", "<!-- end of trials -->\n"


def table() -> str:
    """The trials as Markdown."""
    from django.utils.translation import override

    from anlan.site.frame.trials import TRIALS

    head = "| channel | protocol | state | against others | when |\n|---|---|---|---|---|\n"
    with override("en"):
        rows = [
            f"| `{one.channel}` | {one.protocol} | {one.extent}"
            f"{f': {one.lacks}' if one.lacks else ''} | {one.against or '—'} |"
            f" {one.on or ('at every test' if one.against else '—')} |\n"
            for one in TRIALS
        ]
    return head + "".join(rows)


def _parts() -> tuple[str, str, str]:
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    told, _, after = rest.partition(END)
    return before, told, after


def test_the_docs_tell_what_the_page_tells() -> None:
    assert _parts()[1] == table()


def test_every_channel_is_told_of() -> None:
    from anlan.site.frame.trials import NAMES, TRIALS

    folders = {path.name for path in Path(ROOT / "src/anlan/channels").iterdir() if path.is_dir()}
    channels = folders - {"web", "batch", "__pycache__"}  # shared, and a way of `sms`
    assert {one.channel for one in TRIALS} == set(NAMES) == channels


if __name__ == "__main__":
    django.setup()
    before, _, after = _parts()
    PAGE.write_text(before + BEGIN + table() + END + after, "utf-8")
