"""Doing it: Celery, Redis and the only HTTP client of BFL."""
