"""Files for people and for tools: reports, comparisons, tables, each whole or not at all."""
