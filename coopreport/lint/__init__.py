"""`make lint`: no number typed in a notebook. `notebooks.py` tells the story in order."""
