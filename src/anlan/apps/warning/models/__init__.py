"""Warnings, who asks and signs, what was sent and to whom, and all that was done about them."""

from anlan.apps.warning.models.calling import Call, CallDown, CallLetter, CallWord
from anlan.apps.warning.models.handing import Addressee, HandOver
from anlan.apps.warning.models.incoming import (
    Feed,
    FeedEntry,
    Incoming,
    IncomingMessage,
    IncomingPlace,
    IncomingReference,
)
from anlan.apps.warning.models.mass import Mass, Parcel
from anlan.apps.warning.models.message import Message
from anlan.apps.warning.models.risk import Risk, RiskPicture, RiskPush, RiskStep
from anlan.apps.warning.models.shelf import MonthReport, Recording, SavedArea
from anlan.apps.warning.models.signature import Signature
from anlan.apps.warning.models.subscribing import Knock, Subscription
from anlan.apps.warning.models.trail import Edit, Step
from anlan.apps.warning.models.warning import CONTENT, TEXTS, Warning

__all__ = [
    "CONTENT",
    "TEXTS",
    "Addressee",
    "Call",
    "CallDown",
    "CallLetter",
    "CallWord",
    "Edit",
    "Feed",
    "FeedEntry",
    "HandOver",
    "Incoming",
    "IncomingMessage",
    "IncomingPlace",
    "IncomingReference",
    "Knock",
    "Mass",
    "Message",
    "MonthReport",
    "Parcel",
    "Recording",
    "Risk",
    "RiskPicture",
    "RiskPush",
    "RiskStep",
    "SavedArea",
    "Signature",
    "Step",
    "Subscription",
    "Warning",
]
