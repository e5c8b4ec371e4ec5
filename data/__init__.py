"""Nouns: types, tables, units, errors, sources, imports, the store, the sample places."""
