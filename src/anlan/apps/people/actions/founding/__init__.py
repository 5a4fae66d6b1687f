"""Filling an empty site: the organisations of a fictional city, and the accounts of a demo."""

from anlan.apps.people.actions.founding.accounts import DEMO_PASSWORD, check_demo
from anlan.apps.people.actions.founding.city import found_people

__all__ = ["DEMO_PASSWORD", "check_demo", "found_people"]
