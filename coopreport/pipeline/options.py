"""What a build may be asked for beside its cycle: part of its name, kept in its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

FRENCH = "fr"
ENGLISH = "en"
LANGUAGES = (FRENCH, ENGLISH)


@dataclass(frozen=True)
class Options:
    """The options of a build. `static`: a page without any script, lighter to send.

    `language`: that of the edition, `fr` or `en` (docs/english.md).
    """

    static: bool = False
    language: str = FRENCH

    def to_json(self) -> dict[str, Any]:
        """Return the options as the manifest holds them."""
        return asdict(self)

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Options:
        """Return the options of a build from its manifest; an older one has none."""
        return cls(**manifest.get("options", {}))

    def arguments(self) -> list[str]:
        """Return the arguments of `coopreport report` that ask for these options."""
        return [
            *(["--static=oui"] if self.static else []),
            *([f"--language={self.language}"] if self.language != FRENCH else []),
        ]


PLAIN = Options()
"""What is made when nothing is asked for."""
