"""The journeys of the tour, by theme; each shows one thing that people do, from beginning to end."""
