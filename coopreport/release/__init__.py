"""Releases: numbered versions of a build that never change, verified, bundled and reproduced."""
