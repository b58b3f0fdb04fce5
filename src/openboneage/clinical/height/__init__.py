"""Prediction of adult height: a module for each family of methods, one call for all (`report.predict_adult_height`)."""
