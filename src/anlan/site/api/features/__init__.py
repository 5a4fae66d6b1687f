"""OGC API – Features over the atlas, the alarms and the warnings: maps of others read them here."""
