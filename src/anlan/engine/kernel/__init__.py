"""The compiled part: records of a plan and a state, and the road of a reading over them."""
