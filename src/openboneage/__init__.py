"""OpenBoneAge: bone age from a child's hand radiograph, with its interval and its reasons. Research use only.

>>> from openboneage import assess
>>> assess("film.dcm", sex="female").bone_age.mean_months  # doctest: +SKIP
111.4
"""

from openboneage.assess.assessment import Assessment
from openboneage.assess.assessor import Assessor, assess
from openboneage.reading.read import read

__all__ = ["Assessment", "Assessor", "assess", "read"]
