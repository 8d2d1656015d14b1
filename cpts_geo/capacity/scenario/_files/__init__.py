"""Files that a scenario is written in: read, laid over their base, of earlier versions too."""
