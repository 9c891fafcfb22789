"""PyTorch modules to graphs: captured by ``torch.export``, read through a table of ATen operators.

``capture`` alone knows PyTorch. It returns a ``Program``, calls of operators by name, which ``read`` makes a graph of.
"""
