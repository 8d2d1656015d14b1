"""Figures of the communes, and of the areas they make."""
