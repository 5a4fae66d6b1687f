"""The column that holds the words of a row."""

from typing import Any

from django.db import models


class WordsField(models.TextField):  # type: ignore[type-arg]  # text in, text out
    """Words that are searched by `matching`; filled by whoever writes the row."""

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **{"blank": True, "editable": False, "default": "", **words})

    @property
    def index_name(self) -> str:
        """The name of its index."""
        return f"{self.model._meta.db_table}_{self.column}_fts"
