"""Where does it go? The system model, SQL access, flows, paths and policy. Pure: no files, no clock, no network."""
