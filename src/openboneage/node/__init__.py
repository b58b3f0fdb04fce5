"""The DICOM node: receives films from a PACS, keeps them, has them assessed, and sends the reports back."""
