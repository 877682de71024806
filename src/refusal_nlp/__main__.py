"""``python -m refusal_nlp`` is the command line."""

from refusal_nlp.cli import main

if __name__ == "__main__":
    main()
