"""What the platform costs, each figure beside its floor or its rival, measured in the same run: `python -m tests.benchmarks`."""
