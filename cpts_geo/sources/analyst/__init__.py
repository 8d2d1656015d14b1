"""What analysts bring: lists, polygons, travel times, call logs."""
