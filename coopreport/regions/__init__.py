"""A sheet for each administrative region of Québec, made from one notebook, here or on Dask."""
