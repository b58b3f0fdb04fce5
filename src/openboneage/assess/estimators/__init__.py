"""The methods that estimate bone age, behind one protocol; `registry` lists them by name."""
