"""The page kit: list, detail, form, export and import from one declaration; no domain in it."""
