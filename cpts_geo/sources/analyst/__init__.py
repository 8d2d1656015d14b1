"""What analysts bring: lists, polygons, travel times, call logs, all read by one door."""
