"""What a reviewer takes away: the tables as CSV and as a spreadsheet, how to cite the report."""
