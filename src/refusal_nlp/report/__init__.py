"""Results to tables and summaries."""
