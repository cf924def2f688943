"""What a survival rate means: the definition is part of the number, and its line is printed.

Two parts of a definition change the arithmetic by a code: the n-year rule and the take-over rule
(with the kinds of end that are deaths). The other parts are words: what the source calls a birth,
a death, a reactivation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from coopreport.errors import BadCall
from coopreport.locale import format_date

NYearRule = Literal["kaplan_meier", "exact_anniversary", "calendar_year"]
Takeover = Literal["survival", "death"]

N_YEAR_RULES: Mapping[NYearRule, str] = {
    "kaplan_meier": "survie au-delà de n × 365,25 jours d’âge, Kaplan-Meier par jour d’âge, "
    "la mort le jour de la naissance comprise",
    "exact_anniversary": "en vie n ans jour pour jour après la naissance, une fin ce jour-là "
    "étant une survie (le 28 février pour une naissance du 29); cohortes entièrement observées",
    "calendar_year": "née dans l’année t − n et active à un moment de l’année t, règle "
    "d’Eurostat et de l’OCDE; cohortes entièrement observées",
}
"""The n-year rules. `kaplan_meier` is `survival.survival_at`: a death on day 1826 precedes five
years (1826.25 days), one on day 1827 does not; a fifth anniversary falls on day 1826 or 1827."""

TAKEOVERS: Mapping[Takeover, str] = {
    "survival": "une fusion ou une absorption n’est pas une mort (survie par prise de contrôle)",
    "death": "une fusion ou une absorption compte pour une mort",
}

MERGER = "merger"
EX_OFFICIO = "striking_ex_officio"
DEATHS = ("dissolution", "striking_on_request", EX_OFFICIO, "unknown")
"""The kinds of end that are deaths unless a definition says otherwise; a merger is not."""


@dataclass(frozen=True)
class Definition:
    """What a survival rate means. Texts are French and complete; dates bound who is counted.

    Births run from `first_birth` to `last_birth` (the cut-off when None). Deaths are known from
    `observation_start` (from birth when None) to `cut_off`, the last day observed. An end whose
    kind is not in `death_kinds` is no death: the unit leaves observation that day (Kaplan–Meier) or
    counts as a survivor (cohort rate).

    Raises BadCall for a blank text, an unknown rule or dates out of order.
    """

    population: str
    unit: str
    birth_event: str
    death_event: str
    takeover_rule: str
    reactivation_rule: str
    first_birth: date
    cut_off: date
    last_birth: date | None = None
    observation_start: date | None = None
    n_year_rule: NYearRule = "kaplan_meier"
    takeover: Takeover = "survival"
    deaths: tuple[str, ...] = DEATHS

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if isinstance(value, str) and not value.strip():
                raise BadCall(
                    f"La définition du taux de survie n’a pas de «\u00a0{name}\u00a0».",
                    "L’énoncer en clair.",
                )
        for code, known in ((self.n_year_rule, [*N_YEAR_RULES]), (self.takeover, [*TAKEOVERS])):
            if code not in known:
                raise BadCall(
                    f"Règle inconnue dans la définition du taux de survie\u00a0: {code}.",
                    f"Règles connues\u00a0: {', '.join(known)}.",
                )
        in_order = self.first_birth <= self.births_end <= self.cut_off
        if not in_order or (self.observation_start and self.observation_start >= self.cut_off):
            raise BadCall(
                "Les dates de la définition du taux de survie ne sont pas dans l’ordre.",
                "Première naissance ≤ dernière naissance ≤ date limite, et début de "
                "l’observation avant la date limite.",
            )

    @property
    def births_end(self) -> date:
        """The last day of birth that is counted."""
        return self.last_birth or self.cut_off

    @property
    def death_kinds(self) -> tuple[str, ...]:
        """The kinds of end that are deaths, the take-over rule applied."""
        return (*self.deaths, MERGER) if self.takeover == "death" else self.deaths

    def with_takeover(self, rule: Takeover) -> Definition:
        """Return the same definition under a take-over rule, in code and in words."""
        return replace(self, takeover=rule, takeover_rule=TAKEOVERS.get(rule, rule))

    def without_ex_officio(self) -> Definition:
        """Return the same definition where a striking off ex officio is no death.

        Such a striking follows years without a yearly return: it lags the real end, or there was
        none. The unit leaves observation that day.
        """
        return replace(
            self,
            deaths=tuple(kind for kind in self.deaths if kind != EX_OFFICIO),
            death_event=f"{self.death_event}, sauf la radiation d’office, qui met fin à "
            "l’observation",
        )

    @property
    def line(self) -> str:
        """The definition line to print under every rate (the N at birth and at risk go beside)."""
        observed = (
            f"décès observés depuis le {format_date(self.observation_start)} (entrée différée)"
            if self.observation_start
            else "décès observés depuis la naissance"
        )
        parts = [
            f"Population\u00a0: {self.population}",
            f"unité\u00a0: {self.unit}",
            f"naissance\u00a0: {self.birth_event}",
            f"mort\u00a0: {self.death_event}",
            f"prise de contrôle\u00a0: {self.takeover_rule}",
            f"réactivation\u00a0: {self.reactivation_rule}",
            f"règle des n ans\u00a0: {N_YEAR_RULES[self.n_year_rule]}",
            f"cohortes\u00a0: naissances du {format_date(self.first_birth)} "
            f"au {format_date(self.births_end)}",
            observed,
            f"date limite\u00a0: {format_date(self.cut_off)}",
        ]
        return "; ".join(parts) + "."
