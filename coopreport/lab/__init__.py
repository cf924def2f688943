"""JupyterLab for the analyst: the project's settings, its start page, its server on loopback."""
