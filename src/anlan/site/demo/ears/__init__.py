"""The ears of the demo city 演示终端: the telephones, mailboxes and devices that messages reach.

They are ends of the real channels on real sockets of this machine; nothing leaves it.
"""
