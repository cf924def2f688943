"""What makes a page accessible, checked in a real browser: by axe-core and beyond it."""
