"""The world's control interface: what a scenario bends, and the history that witnesses judge."""
