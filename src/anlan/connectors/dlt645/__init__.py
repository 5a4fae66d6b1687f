"""Electricity meters by DL/T 645-2007 and -1997, over TCP behind a serial converter."""
