"""What a run announces of the months to come: made, kept, then held against what happened."""
