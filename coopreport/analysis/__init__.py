"""Pure functions, DataFrame in, DataFrame out: they know no file, no notebook and no HTML."""
