"""What makes a territory: lists, polygons, zonings, and the outline they give."""
