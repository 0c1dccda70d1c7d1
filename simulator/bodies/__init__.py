"""The request bodies of every operation; class names are the schema names of the published specification."""
