"""Settings of Sphinx for the site that `make docs` builds."""

import gc
import os
import re
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.ext.napoleon.docstring import GoogleDocstring

from hubspot_timeline.resources.sync_async import sync_and_async

gc.disable()  # the doctrees are kept until the end, and to search them for garbage takes a fifth of the build

project = "hubspot-timeline"
version = release = metadata(project)["Version"]
copyright = "the authors of hubspot-timeline; unofficial, not affiliated with HubSpot"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_title = f"{project} {version}"
html_use_index = html_copy_source = False
html_domain_indices = False
highlight_language = "none"  # a block names its language

myst_heading_anchors = 4
default_role = "code"  # docstrings have names in single backticks

autodoc_default_options = {"members": True, "inherited-members": "Exception,dict", "member-order": "bysource"}
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 90
# Inventories of other projects would have to be downloaded, so the names of their objects are texts without links.
nitpick_ignore_regex = [
    ("py:.*", r"(?!hubspot_).*"),
    ("py:class", r"hubspot_.*\.[A-Z]"),  # type variables
    ("py:class", r"hubspot_(timeline|app_events)_api\..*"),  # the rest of the generated clients
]
nitpick_ignore = [
    ("py:class", f"hubspot_timeline{name}")  # values that are passed on, and not made by callers
    for name in (
        ".delivery.response.BatchResponse",
        ".resources.event_types.AsyncEventTypes",
        ".resources.events.AsyncEvents",
        ".resources.templates.AsyncTemplates",
        ".templates.validation.TemplateRules",
        "_testing.calibration.experiments.Experiment",
        "_testing.sandbox.storage.store.Counts",
        "_testing.sandbox.storage.store.StoredEvent",
    )
]

# The pages that include a file of another folder.
_PAGES = {
    "../ARCHITECTURE.md": "architecture.md",
    "../CHANGELOG.md": "changelog.md",
    "../CONTRIBUTING.md": "contributing.md",
    "../SECURITY.md": "security.md",
    "../benchmarks/README.md": "benchmarks.md",
    "../spec/README.md": "service.md",
    "../tests/README.md": "tests.md",
}


def link_pages(app: Sphinx, file: Path, text: list[str]) -> None:
    """Let the links of a file, whose path begins in this folder, lead to pages."""

    def link(match: re.Match[str]) -> str:
        path = os.path.relpath(app.srcdir / file.parent / match[1], app.srcdir)
        return f"]({_PAGES.get(path, path)}"

    text[0] = re.sub(r"\]\((?![a-z]+:|#)([^)#]+)", link, text[0])


def begin_paragraphs(_: Sphinx, kind: str, __: str, ___: object, ____: object, lines: list[str]) -> None:
    """Let each line of a docstring that begins with an option, or says what is raised, begin a paragraph."""
    text = re.sub(r"(?<=[.:])\n(?=`\w+`|Raises )", "\n\n", "\n".join(lines))
    # In the docstring of a property Google's style would make a type of the words before a colon.
    lines[:] = GoogleDocstring(text).lines() if kind == "class" else text.split("\n")


def name_results(_: Sphinx, __: str, ___: str, ____: object, _____: object, args: str, result: str | None) -> Any:
    """Let a method of a resource return what its request does."""
    if match := re.match(r"[~\w.]*SingleRequest\[(.*?)\](?: \||$)", result or ""):
        return args, match[1]
    return None


def write_llms_txt(app: Sphinx, error: Exception | None) -> None:
    """Write the list of all pages, with their titles, as language models expect it (https://llmstxt.org)."""
    if error:
        return
    lines = [f"# {project}", "", f"> {metadata(project)['Summary']}"]
    for group in app.env.get_doctree("index").findall(toctree):
        pages = [f"- [{app.env.titles[page].astext()}]({page}.html)" for _, page in group["entries"]]
        lines += ["", f"## {group['caption']}", "", *pages]
    Path(app.outdir, "llms.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> None:
    """Connect the functions above, and document a method of a resource by the function that builds its request."""
    app.connect("source-read", lambda app, name, text: link_pages(app, Path(name), text))
    app.connect("include-read", lambda app, file, _, text: link_pages(app, file, text))
    app.connect("autodoc-process-docstring", begin_paragraphs)
    app.connect("autodoc-process-signature", name_results)
    app.connect("build-finished", write_llms_txt)
    sync_and_async.__get__ = lambda method, *_: method._build  # type: ignore[method-assign] # noqa: SLF001
