"""`Mail` to spaCy `Doc`: a blank language and components that leave their results in ``doc.spans``."""
