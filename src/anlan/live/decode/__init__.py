"""Bytes of a body → readings as columns, and a fault for each row that cannot be one."""
