"""The catalogue that the files of this folder fill."""

from coopreport.ledger import Catalogue

CATALOGUE = Catalogue()
