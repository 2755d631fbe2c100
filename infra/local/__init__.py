"""The same stacks on this machine: the emulator, what fills its gaps, the deployment, the front door, the seed."""
