"""Clinical standards: stages to scores to ages, normal ranges, growth and adult height.

Every number comes from a table of `tables/`, whose first lines say where it comes from and how far it was verified; a result
that rests on a table which was not verified says so in a `Finding`. Ages are months, lengths centimetres, weights kilograms.
"""
