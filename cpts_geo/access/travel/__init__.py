"""Travel times: given, computed, or approached by the distance."""
