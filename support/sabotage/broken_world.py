"""`python -m support.sabotage.broken_world ...`: the world with a defect."""

from support.sabotage.planting import start

if __name__ == "__main__":
    start("support.world", "world")
