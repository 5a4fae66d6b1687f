"""The HTTP API of the pages' site, for other systems; docs/reference/api.md says how it is used."""
