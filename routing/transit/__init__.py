"""Journeys by public transport and on foot: the day's trips, walks, and the search."""
