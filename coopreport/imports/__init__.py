"""A table edited in a spreadsheet taken back into data/; `take_back.py` tells the story."""
