"""What the audit finds is tested with tables in which it is known what was done to them.

``families`` has the networks, ``plants`` the deviations, ``tables`` prints tables with and without them, ``measure`` asks
the audit and counts what it got right, ``pages`` writes the counts as tables of the documentation.
"""
