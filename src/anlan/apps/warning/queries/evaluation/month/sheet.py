"""Makes the file of a monthly report: A4, tagged and archivable; the same words, the same bytes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from anlan.apps.warning.queries.paper.sheet import fonts

_FORM = Path(__file__).parent / "month.typ"


def pdf_of(told: Mapping[str, Any], at: datetime) -> bytes:
    """told: title, lines, sections with their notes and tables, foot · at: the date of the file."""
    given = {"it": json.dumps(told, ensure_ascii=False, default=str)}
    compiler = typst.Compiler(
        _FORM.read_bytes(), font_paths=fonts(), ignore_system_fonts=True, sys_inputs=given
    )
    made = compiler.compile(
        format="pdf",
        pdf_standards=["a-2a", "ua-1"],
        timestamp=at.astimezone(UTC).replace(microsecond=0),
    )
    return made if isinstance(made, bytes) else b""
