"""The public's pages: files, answered before anything else is asked."""

from anlan.site.frame.public.answers import Public

__all__ = ["Public"]
