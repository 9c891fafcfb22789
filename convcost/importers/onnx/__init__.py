"""Files of ONNX: read from the bytes, without the onnx package, and taken operator by operator."""
