"""Durable jobs, deliveries and money: SQL in files, run on SQLite or PostgreSQL."""
