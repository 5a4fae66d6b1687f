"""What the public does about its subscriptions: ask, confirm by a press, stop by a press.

These write no line of audit: who asks is nobody to this house, and the rows tell their own course.
"""

from anlan.apps.warning.actions.subscribing.asking import ask, ask_browser
from anlan.apps.warning.actions.subscribing.holding import confirm, stop

__all__ = ["ask", "ask_browser", "confirm", "stop"]
