"""The demonstration: the lesson in a notebook, then a network that learns to read handwriting."""
