"""Raw files to sheets of text: what they are, opened and decoded, nothing read yet."""
