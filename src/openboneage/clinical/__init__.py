"""Clinical standards: stages, scores and bone ages; normal ranges; growth and adult height.

Every number comes from a table of `tables/`, whose first lines state its source and its verification. A result from a
table that was not verified has a `Finding` that says so. Ages are months, lengths centimetres, weights kilograms.
"""
