"""Every endpoint as a declaration: one module per family, one place per endpoint."""
