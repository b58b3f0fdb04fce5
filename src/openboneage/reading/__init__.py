"""File to radiograph: DICOM and raster images, bounded before they are decoded."""
