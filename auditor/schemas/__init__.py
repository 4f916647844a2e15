"""Schema files to the catalog: one small file per format."""
