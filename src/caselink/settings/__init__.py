"""What ``sources.toml`` says, and the files that it names."""

from caselink.settings.files import read_sources
from caselink.settings.settings import Settings, read_settings

__all__ = ["Settings", "read_settings", "read_sources"]
