"""What a build may be asked for beside its cycle: part of its name, kept in its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from coopreport.pipeline.layout import LATEST, SCENARIO

FRENCH = "fr"
ENGLISH = "en"
LANGUAGES = (FRENCH, ENGLISH)


@dataclass(frozen=True)
class Options:
    """The options of a build.

    `static`: a page without any script, lighter to send. `language`: that of the edition, `fr` or
    `en` (docs/english.md). `scenario`: the name of the one that is built in the place of the
    cycle's base, "" for the base; it is never released.
    """

    static: bool = False
    language: str = FRENCH
    scenario: str = ""

    @property
    def pointer(self) -> str:
        """The name, in the cycle's folder, that points to the newest build of this kind."""
        base = f"{SCENARIO}{self.scenario}" if self.scenario else LATEST
        return base if self.language == FRENCH else f"{base}-{self.language}"

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
            *([f"--scenario={self.scenario}"] if self.scenario else []),
        ]


def latest_of(language: str) -> str:
    """Return the name of the pointer to the latest build of an edition: `latest`, `latest-en`."""
    return Options(language=language).pointer


PLAIN = Options()
"""What is made when nothing is asked for."""
