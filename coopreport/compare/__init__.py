"""Two versions side by side: what moved, and what it comes from."""
