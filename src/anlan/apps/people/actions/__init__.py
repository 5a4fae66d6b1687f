"""Writes of people: keyword-only, one transaction, one audit line each."""

from anlan.apps.people.actions.audit import deed

__all__ = ["deed"]
