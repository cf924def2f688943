"""A new cycle made from a former one: its file, and the rows that it starts from."""
