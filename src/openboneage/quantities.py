"""Types of values in the JSON of an assessment: range, format and rounding."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PlainSerializer

OneDecimal = PlainSerializer(lambda value: round(value, 1))
TwoDecimals = PlainSerializer(lambda value: round(value, 2))
FourDecimals = PlainSerializer(lambda value: round(value, 4))

Share = Annotated[float, Field(ge=0, le=1)]
"""A share or a probability."""
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
BoneAgeMonths = Annotated[float, Field(ge=0, le=228), TwoDecimals]
"""Months on the Greulich-Pyle scale."""
Text = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
"""A checksum in hexadecimal digits."""
