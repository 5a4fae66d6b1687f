"""The processes of a site: pages, work, and what makes them ready."""
