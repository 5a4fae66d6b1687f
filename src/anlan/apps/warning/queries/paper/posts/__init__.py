"""A warning as it is told where others write: cut to each platform's length, with its link."""

from anlan.apps.warning.queries.paper.posts.cutting import shortened
from anlan.apps.warning.queries.paper.posts.link import public_page
from anlan.apps.warning.queries.paper.posts.post import Post, Posts, posts_of

__all__ = ["Post", "Posts", "posts_of", "public_page", "shortened"]
