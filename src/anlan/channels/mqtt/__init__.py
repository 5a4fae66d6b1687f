"""Mobile MQTT: one message to an area's topic, for all apps that follow it."""

from anlan.channels.mqtt.sending import Mqtt
from anlan.channels.mqtt.settings import Settings

__all__ = ["Mqtt", "Settings"]
