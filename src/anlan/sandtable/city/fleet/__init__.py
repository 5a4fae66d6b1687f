"""The sensors of the city: what each measures, its normal course, and its limits."""
