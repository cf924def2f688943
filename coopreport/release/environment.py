"""Whether the running libraries are those that a lock names."""

from __future__ import annotations

import re
from importlib import metadata

from packaging.requirements import Requirement

PIN = re.compile(r"^([A-Za-z0-9._-]+==[^ ;\\]+)(?: ; (.+?))? ?\\?$", re.MULTILINE)


def missing_versions(lock: str) -> list[str]:
    """Return the pins of a lock, for this Python and system, that are not what is installed."""
    missing = []
    for pin, marker in PIN.findall(lock):
        requirement = Requirement(f"{pin} ; {marker}" if marker else pin)
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            if requirement.specifier.contains(metadata.version(requirement.name)):
                continue
        except metadata.PackageNotFoundError:
            pass
        missing.append(pin)
    return missing
