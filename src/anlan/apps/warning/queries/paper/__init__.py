"""The sheet of a message 预警单: PDF to print and picture, made of its frozen bytes alone."""

from anlan.apps.warning.queries.paper.sheet import pdf_of, png_of, speaks
from anlan.apps.warning.queries.paper.words import LANGUAGES, info_in

__all__ = ["LANGUAGES", "info_in", "pdf_of", "png_of", "speaks"]
