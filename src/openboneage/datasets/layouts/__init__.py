"""How data sets lie on disk: one module a layout, and `recognise`, which tells them apart and opens them."""
