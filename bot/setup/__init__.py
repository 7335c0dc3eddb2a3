"""`python -m bot setup`: asks for what only the owner knows, tries it at once, and writes `.env`."""
