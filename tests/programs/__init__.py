"""Random programs, run as the same text under two libraries: generate makes them, run compares, shrink reduces."""
