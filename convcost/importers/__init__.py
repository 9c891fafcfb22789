"""Other formats to graphs: files of ONNX, and what any other framework's reader is built on.

``Builder`` is the part that is neutral: it puts ops on tensors, follows where the batch of a foreign tensor is, and
gives nodes names.
"""
