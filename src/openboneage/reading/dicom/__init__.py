"""DICOM objects: elements, pixels, grey-scale transforms, and attributes of child and exposure."""
