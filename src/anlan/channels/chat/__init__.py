"""Chat groups: the robots of WeCom 企业微信, DingTalk 钉钉 and Feishu 飞书, by signed webhook."""

from anlan.channels.chat.room import REASONS, Room, room_of
from anlan.channels.chat.sending import Chat
from anlan.channels.chat.settings import Settings

__all__ = ["REASONS", "Chat", "Room", "Settings", "room_of"]
