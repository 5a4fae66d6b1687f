"""Call-downs 叫应: by which rule, whom, by which ways; and the board of who has not answered."""
