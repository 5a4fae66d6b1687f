# house: one file for each change of the records, in their order
