"""SNMP v2c and v3: values that are asked for, and what devices tell by themselves."""
