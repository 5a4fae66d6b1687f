"""What a recipient of a parcel is called towards the far end, the same at every try."""


def reference_of(parcel: int, place: int) -> str:
    """The name of a recipient to the far end, the same at every try."""
    return f"m{parcel}.{place}"


def place_of(reference: str) -> tuple[int, int] | None:
    """Parcel and place of such a name, else None."""
    parcel, dot, place = reference[1:].partition(".")
    is_one = reference[:1] == "m" and dot and parcel.isdecimal() and place.isdecimal()
    return (int(parcel), int(place)) if is_one and len(reference) < 32 else None
