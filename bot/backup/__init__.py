"""`python -m bot backup` and `restore`: the database and the archive in one file, and back."""
