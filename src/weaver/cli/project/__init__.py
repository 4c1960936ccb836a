"""`weaver init`: a folder for one's own work, with everything in it that is needed to begin."""
