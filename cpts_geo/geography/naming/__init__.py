"""Published names and codes to the communes of today, never guessing silently."""
