"""Connections and datagrams of devices, within bounds."""
