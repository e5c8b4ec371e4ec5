"""Movement: roads, travel matrix, search, duties, checker."""
