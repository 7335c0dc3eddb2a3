"""What a community decides for itself: settings, limits, blocks and words; rules without Discord, HTTP or SQL."""
