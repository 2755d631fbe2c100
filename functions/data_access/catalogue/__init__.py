"""The catalogue that people read: which datasets there are, what is in them, and how anybody can check what they say."""
