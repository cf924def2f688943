"""What a reader takes away from the report: its tables and its drawings, as files."""
