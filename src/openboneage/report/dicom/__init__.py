"""The report as DICOM objects in the study of the film."""
