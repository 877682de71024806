"""Who wrote, about which post, how far things had come: from headers, signature and text; empty rather than wrong."""

from refusal_nlp.facts.find import find_facts

__all__ = ["find_facts"]
