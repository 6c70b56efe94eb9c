"""The sample's table: customers with a text target, a numeric text column, gaps and an id."""

from __future__ import annotations

import csv
import random
from pathlib import Path


def write_customers(path: Path, rows: int = 300) -> None:
    """Writes a seeded CSV file of customers."""
    draw = random.Random(7)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["customer id", "Age", "Plan", "Charges", "Senior", "Since", "Churn"])
        for number in range(rows):
            age = draw.randint(18, 80)
            plan = draw.choice(["basic", "plus", "gold"])
            charges = round(draw.uniform(10, 120), 2)
            churned = charges / 120 + (plan == "basic") * 0.4 - age / 200 + draw.gauss(0, 0.2) > 0.45
            table.writerow(
                [
                    f"C-{number:04d}",
                    "" if number % 37 == 5 else age,
                    plan,
                    " " if number % 50 == 9 else charges,
                    draw.randint(0, 1),
                    f"20{draw.randint(10, 23)}-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}",
                    "Yes" if churned else "No",
                ]
            )
