"""Named defects that prove that the scenarios can fail, and platforms that do nothing right."""
