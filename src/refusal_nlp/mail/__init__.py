"""Files to `Mail`: one module per container, `mime` for one message, `zones` for whose words are whose."""
