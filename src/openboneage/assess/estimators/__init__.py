"""Methods that estimate bone age, with a common protocol; `registry` lists them by name."""
