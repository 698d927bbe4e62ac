"""Raw exports to tidy tables: every format recognised by content, every row counted."""

from analysis.importers.drafting.as_profile import profile_text
from analysis.importers.drafting.draft import Draft, Question, Told
from analysis.importers.drafting.looking import FileLook, look_at
from analysis.importers.drafting.preview import columns_table
from analysis.importers.folder import Imported, import_folder, raw_files
from analysis.importers.writing import write_import

__all__ = [
    "Draft",
    "FileLook",
    "Imported",
    "Question",
    "Told",
    "columns_table",
    "import_folder",
    "look_at",
    "profile_text",
    "raw_files",
    "write_import",
]
