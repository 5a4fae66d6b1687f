"""What is offered as collections of features, each cut to the asker's jurisdiction."""

from anlan.site.api.features.collections.collection import Collection
from anlan.site.api.features.collections.field import Field
from anlan.site.api.features.collections.listed import collection_named, collections_for

__all__ = ["Collection", "Field", "collection_named", "collections_for"]
