"""Raw exports to tidy tables: every format recognised by content, every row counted."""

from analysis.importers.folder import Imported, import_folder, raw_files
from analysis.importers.writing import write_import

__all__ = ["Imported", "import_folder", "raw_files", "write_import"]
