"""Words 回执与回复: what a far end has called to tell, until the worker has written it down."""

from django.db import models


class Word(models.Model):
    """One word as it came, gone as soon as it is taken.

    kind, key, reference, address, text: as in `Heard` · state: what became of a message, empty for
    the answer of a person · reason: why not · heard_at: when it came.
    """

    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=160)
    reference = models.CharField(max_length=256, blank=True)
    state = models.CharField(max_length=16, blank=True)
    reason = models.CharField(max_length=512, blank=True)
    address = models.CharField(max_length=128, blank=True)
    text = models.CharField(max_length=1024, blank=True)
    heard_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["kind", "key"], name="people_word_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
