"""Reports: text, figures and files made from results."""
