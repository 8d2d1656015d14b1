"""Published names to INSEE codes, membership of a territory, and aggregation of its communes."""
