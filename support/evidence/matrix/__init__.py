"""The traceability matrix: one document made from the verdicts, shown as HTML, CSV, Markdown and JSON."""

from support.evidence.matrix.document import matrix_document
from support.evidence.matrix.formats import FORMATS, render

__all__ = ["FORMATS", "matrix_document", "render"]
