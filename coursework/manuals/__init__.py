"""The solution manual and the guide for teaching assistants, as PDF for staff only."""
