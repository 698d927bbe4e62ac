"""Raw exports to tidy tables: every format recognised by content, every row counted."""

from analysis.importers.databases.address import (
    PASSWORD_VARIABLE as DATABASE_PASSWORD,
)
from analysis.importers.databases.address import (
    Address,
    address_of,
    is_address,
    password_of,
)
from analysis.importers.databases.importing import (
    Pulled,
    import_pulled,
    pull_database,
)
from analysis.importers.drafting.as_profile import profile_text
from analysis.importers.drafting.draft import Draft, Question, Told
from analysis.importers.drafting.looking import FileLook, look_at
from analysis.importers.drafting.preview import columns_table
from analysis.importers.folder import Imported, import_folder, raw_files
from analysis.importers.writing import write_import

__all__ = [
    "DATABASE_PASSWORD",
    "Address",
    "Draft",
    "FileLook",
    "Imported",
    "Pulled",
    "Question",
    "Told",
    "address_of",
    "columns_table",
    "import_folder",
    "import_pulled",
    "is_address",
    "look_at",
    "password_of",
    "profile_text",
    "pull_database",
    "raw_files",
    "write_import",
]
