"""The ground of the fictional city: its plane, relief and waters."""
