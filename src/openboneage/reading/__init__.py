"""Read radiographs: DICOM and raster images, with size limits checked before decoding."""
