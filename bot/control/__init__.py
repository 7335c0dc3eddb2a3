"""How the command line speaks to the running bot: a Unix socket in DATA_DIR that only the bot's own user can open."""
