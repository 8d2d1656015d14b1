"""Sections on its list of communes: how names were read, what it adds up to, what it cuts."""
