"""Rows as frozen values: one module per table."""
