"""The answer: slots and hours with their interval, what the interval is made of."""
