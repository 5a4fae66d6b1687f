"""A warning as it is told where others write: cut to each platform's length, with its link."""

from anlan.apps.warning.queries.posts.link import public_page

__all__ = ["public_page"]
