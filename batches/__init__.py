"""What was asked, what it costs and what came of it. This room never speaks to BFL, Redis or Celery."""
