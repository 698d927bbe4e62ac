"""The systems that export: each says what the columns of its files hold."""
