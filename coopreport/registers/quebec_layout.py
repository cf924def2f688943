"""The layout of the Québec enterprise register (Registraire des entreprises, open data).

Six CSV files, UTF-8 with a byte order mark, comma, one header line. The columns and the codes are
those of the published set; the codes of the activities are those of the Classification des
activités économiques du Québec (CAEQ, 1984), whose divisions are the first two of four digits.
"""

from __future__ import annotations

from collections.abc import Mapping

ENTERPRISES = "Entreprise.csv"
NAMES = "Nom.csv"
ESTABLISHMENTS = "Etablissements.csv"
MERGERS = "FusionScissions.csv"
CONTINUATIONS = "ContinuationsTransformations.csv"
DOMAINS = "DomaineValeur.csv"

_ADDRESS = tuple(f"LIGN{line}_ADR" for line in range(1, 5))

COLUMNS: Mapping[str, tuple[str, ...]] = {
    ENTERPRISES: (
        "NEQ",
        "IND_FAIL",
        "DAT_IMMAT",
        "COD_REGIM_JURI",
        "COD_INTVAL_EMPLO_QUE",
        "DAT_CESS_PREVU",
        "COD_STAT_IMMAT",
        "COD_FORME_JURI",
        "DAT_STAT_IMMAT",
        "COD_REGIM_JURI_CONSTI",
        "DAT_DEPO_DECLR",
        "AN_DECL",
        "AN_PROD",
        "DAT_LIMIT_PROD",
        "AN_PROD_PRE",
        "DAT_LIMIT_PROD_PRE",
        "DAT_MAJ_INDEX_NOM",
        "COD_ACT_ECON_CAE",
        "NO_ACT_ECON_ASSUJ",
        "DESC_ACT_ECON_ASSUJ",
        "COD_ACT_ECON_CAE2",
        "NO_ACT_ECON_ASSUJ2",
        "DESC_ACT_ECON_ASSUJ2",
        "NOM_LOCLT_CONSTI",
        "DAT_CONSTI",
        "IND_CONVEN_UNMN_ACTNR",
        "IND_RET_TOUT_POUVR",
        "IND_LIMIT_RESP",
        "DAT_DEB_RESP",
        "DAT_FIN_RESP",
        "OBJET_SOC",
        "NO_MTR_VOLONT",
        "ADR_DOMCL_ADR_DISP",
        *(f"ADR_DOMCL_{line}" for line in _ADDRESS),
    ),
    NAMES: (
        "NEQ",
        "NOM_ASSUJ",
        "NOM_ASSUJ_LANG_ETRNG",
        "STAT_NOM",
        "TYP_NOM_ASSUJ",
        "DAT_INIT_NOM_ASSUJ",
        "DAT_FIN_NOM_ASSUJ",
    ),
    ESTABLISHMENTS: (
        "NEQ",
        "NO_SUF_ETAB",
        "IND_ETAB_PRINC",
        "IND_SALON_BRONZ",
        "IND_VENTE_TABAC_DETL",
        "IND_DISP",
        *_ADDRESS,
        "COD_ACT_ECON",
        "DESC_ACT_ECON_ETAB",
        "NO_ACT_ECON_ETAB",
        "COD_ACT_ECON2",
        "DESC_ACT_ECON_ETAB2",
        "NO_ACT_ECON_ETAB2",
        "NOM_ETAB",
    ),
    MERGERS: (
        "NEQ",
        "NEQ_ASSUJ_REL",
        "DENOMN_SOC",
        "COD_RELA_ASSUJ",
        "DAT_EFCTVT",
        "IND_DISP",
        *_ADDRESS,
    ),
    CONTINUATIONS: (
        "NEQ",
        "COD_TYP_CHANG",
        "COD_REGIM_JURI",
        "AUTR_REGIM_JURI",
        "NOM_LOCLT",
        "DAT_EFCTVT",
    ),
    DOMAINS: ("TYP_DOM_VAL", "COD_DOM_VAL", "VAL_DOM_FRAN"),
}
"""Every file and its columns, in the published order."""

READ: Mapping[str, tuple[str, ...]] = {
    ENTERPRISES: (
        "NEQ",
        "DAT_IMMAT",
        "COD_STAT_IMMAT",
        "COD_FORME_JURI",
        "DAT_STAT_IMMAT",
        "COD_ACT_ECON_CAE",
        "DAT_CONSTI",
        *(f"ADR_DOMCL_{line}" for line in _ADDRESS),
    ),
    MERGERS: ("NEQ", "NEQ_ASSUJ_REL", "DAT_EFCTVT"),
    CONTINUATIONS: ("NEQ",),
    DOMAINS: COLUMNS[DOMAINS],
}
"""The files and columns that survival needs: the others are not opened."""

COOPERATIVE = "COP"
REGISTERED = "IM"
STRUCK_OFF: Mapping[str, str] = {
    "RD": "striking_on_request",
    "RO": "striking_ex_officio",
    "RX": "striking_ex_officio",
}
NEVER_REGISTERED = ("AI", "NI")
"""Notice of intent, not registered: no enterprise yet, so no birth."""

SYNTHETIC_DOMAIN = "DONNEES_SYNTHETIQUES"
SYNTHETIC_FILE = "DONNEES_SYNTHETIQUES.txt"
SYNTHETIC_IDS = range(9_900_000_000, 10_000_000_000)
"""A generated register is marked three times: a value domain, a file, and every number (a real NEQ
begins with 11, 22, 33 or 88)."""

SECTORS: Mapping[str, tuple[str, int, int]] = {
    "agriculture": ("Agriculture", 1, 2),
    "peche": ("Pêche et piégeage", 3, 3),
    "foret": ("Exploitation forestière", 4, 5),
    "mines": ("Mines, carrières et puits de pétrole", 6, 9),
    "fabrication": ("Fabrication", 10, 39),
    "construction": ("Construction", 40, 44),
    "transport": ("Transport et entreposage", 45, 47),
    "communications": ("Communications et services publics", 48, 49),
    "gros": ("Commerce de gros", 50, 59),
    "detail": ("Commerce de détail", 60, 69),
    "finance": ("Finance et assurances", 70, 74),
    "immobilier": ("Immobilier", 75, 76),
    "services_entreprises": ("Services aux entreprises", 77, 79),
    "administration": ("Administrations publiques", 80, 84),
    "enseignement": ("Enseignement", 85, 85),
    "sante": ("Santé et services sociaux", 86, 90),
    "hebergement": ("Hébergement et restauration", 91, 95),
    "autres_services": ("Autres services", 96, 99),
}
"""Sector code: its French label, and the first and last CAEQ division (two digits) it groups."""
