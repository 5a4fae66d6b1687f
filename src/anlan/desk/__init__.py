"""The page kit: list, detail, form, export and import from one declaration; no domain in it."""
# house: what a page is made of, and the folders that Django looks for by name
