"""`python -m support.sabotage.broken_platform ...`: the reference platform with a defect."""

from support.sabotage.planting import start

if __name__ == "__main__":
    start("support.platform", "platform")
