"""The labelling loop: which messages to ask a person about, and where the answers go."""
