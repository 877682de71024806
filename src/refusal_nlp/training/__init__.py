"""Labelled data in, a model and its figures out."""
