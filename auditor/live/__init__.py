"""The live service behind its doors: what was received becomes the index, system models, audits, within seconds."""
