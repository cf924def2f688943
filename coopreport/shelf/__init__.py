"""The shelf: the page that lists every cycle and version of `build/`, and its local server."""
