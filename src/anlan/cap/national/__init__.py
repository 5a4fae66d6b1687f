"""The national warning message 国家预警信息, in the style of GB/T 35965.1, from a CAP value.

The text of the standard was not at hand. The fields, their order and their values are those that
two public clients of the national system (12379) quote from its interface; the identifier is that
of its value rules (annex A.1). What could not be verified says so where it stands.
"""
