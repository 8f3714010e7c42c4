"""One HTML file from executed notebooks: complete, offline, safe to open and to send."""

from __future__ import annotations

from segkit.errors import MissingPackageError

try:
    from segkit.report.writing import Beside, beside, build, html, write
except ModuleNotFoundError as error:
    raise MissingPackageError(str(error.name), "report", "A report") from error

__all__ = ["Beside", "beside", "build", "html", "write"]
