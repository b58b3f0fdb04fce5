"""De-identified copies of films: DICOM PS3.15 annex E, with what bone age needs kept and text beside the hand blanked."""
