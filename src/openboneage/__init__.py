"""OpenBoneAge: bone age from a child's hand radiograph, with its interval and an occlusion map. Research use only.

>>> from openboneage import assess
>>> age = assess("film.dcm", sex="female").bone_age
>>> age.interval.low_months < age.mean_months < age.interval.high_months
True
"""

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Assessor, assess
from openboneage.reading.read import read
from openboneage.version import program_version

__all__ = ["Assessment", "Assessor", "__version__", "assess", "read"]


def __getattr__(name: str) -> str:
    """Return `__version__` on first access."""
    if name == "__version__":
        return program_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
