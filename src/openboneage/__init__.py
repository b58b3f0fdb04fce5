"""OpenBoneAge: bone age from a child's hand radiograph, with its interval and its reasons. Research use only.

>>> from openboneage import assess
>>> age = assess("film.dcm", sex="female").bone_age
>>> age.interval.low_months < age.mean_months < age.interval.high_months
True
"""

from importlib.metadata import version

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Assessor, assess
from openboneage.reading.read import read

__all__ = ["Assessment", "Assessor", "__version__", "assess", "read"]

__version__ = version("openboneage")
