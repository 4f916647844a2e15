"""The gate's decisions: rules, waivers, floors, renames, and the verdict they make. Pure."""
