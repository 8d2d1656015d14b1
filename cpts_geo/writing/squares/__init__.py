"""Accessibility by square of 200 m, written: the squares, their communes, what they rest on."""
