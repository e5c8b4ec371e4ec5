"""Independent travel training: candidates, whom to train first, the programme in time."""
