"""The nations and sectors that the editions of Co-operatives UK print, in French.

A name that is not here names itself.
"""

from __future__ import annotations

from collections.abc import Mapping

NATIONS: Mapping[str, str] = {
    "England": "Angleterre",
    "Guernsey": "Guernesey",
    "Northern Ireland": "Irlande du Nord",
    "Scotland": "Écosse",
    "Wales": "Pays de Galles",
}
SECTORS: Mapping[str, str] = {
    "Agriculture": "Agriculture",
    "Arts and Culture": "Arts et culture",
    "Digital, Media and Communication": "Numérique, médias et communications",
    "Education": "Éducation",
    "Energy and Environment": "Énergie et environnement",
    "Finance": "Finance",
    "Food service, Accommodation and Pubs": "Restauration, hébergement et pubs",
    "Health and Social Care": "Santé et services sociaux",
    "Housing": "Habitation",
    "Manufacturing": "Fabrication",
    "Membership associations, social clubs and trade unions": "Associations, clubs et syndicats",
    "Other": "Autres",
    "Professional and Legal services": "Services professionnels et juridiques",
    "Retail": "Commerce de détail",
    "Sports and Recreation": "Sports et loisirs",
    "Transport": "Transport",
}
