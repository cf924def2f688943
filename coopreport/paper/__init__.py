"""The paper edition: the same document laid out on letter sheets, as a tagged PDF."""
