"""What SL 651-2014 has in tables: elements, settings of stations, functions and classes.

They were read in the standard's draft and lack a check against the printed edition, except what
frames of real stations bear out (`elements.SEEN`, `settings.SEEN`).
"""
