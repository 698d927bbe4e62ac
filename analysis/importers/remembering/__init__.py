"""What was read of raw files before, so that unchanged ones are not read again."""
