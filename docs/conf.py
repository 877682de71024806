"""How the site is built: `sphinx-build -W -c docs . build/site` from the top of the repository; nothing is fetched.

The source folder is the repository, so that the links between pages are the same here and where the repository is read as files.
"""

import refusal_nlp

project = "refusal_nlp"
author = "The refusal_nlp authors"
version = release = refusal_nlp.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "docs/index"
include_patterns = ["docs/**", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "data/README.md", "models/default/README.md"]
exclude_patterns = ["build", "dist", ".venv", "**/__pycache__", "docs/conf.py"]

myst_heading_anchors = 3
suppress_warnings = ["myst.header"]  # cards that are made by programs begin where they are shown

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = f"refusal_nlp {release}"
html_static_path: list[str] = []
html_copy_source = html_show_sourcelink = html_show_copyright = False
smartquotes = False  # options begin with two hyphens
html_theme_options = {"footer_icons": []}
