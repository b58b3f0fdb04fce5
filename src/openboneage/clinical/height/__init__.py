"""Prediction of adult height: a module for each family of methods, one call for all (`adult_height.predict_adult_height`)."""
