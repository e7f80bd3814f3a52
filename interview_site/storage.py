"""Static files under content hashes, imports between ES modules included."""

import re

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


def immutable(path: str, url: str) -> bool:
    """WhiteNoise's test for "cache for ever": hashed names and versioned vendor folders.

    three.js addons are imported by a bare prefix of the import map, so no hash reaches them.
    """
    return bool(re.search(r"\.[0-9a-f]{12}\.|/vendor/[\w-]+-\d[\w.]*/", url))
