"""The English edition: the English of prose cells, and of every other French text of the page."""
