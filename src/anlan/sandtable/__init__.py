"""The sand table 沙盘: a fictional city, what happens in it, and when it truly became dangerous.

Everything here is invented; codes begin with 99, which no region has. The door is
`anlan.sandtable.city`.
"""
