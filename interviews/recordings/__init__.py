"""The sound of an interview: placed by its clock, kept in files, to be heard afterwards."""
