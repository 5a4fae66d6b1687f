"""Rules tried before they count: on history, beside live, two change files side by side."""
