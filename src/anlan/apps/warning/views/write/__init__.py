"""Writing a warning: the new one, the editor, its area, and what is typed into it."""
