"""Rules and wording as data: every row carries an example that must match and a counter-example that must not."""
