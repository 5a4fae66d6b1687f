"""What stands around every page: policy, opening, faults, health."""
