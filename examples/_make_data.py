"""Makes the data of the pilot notebooks: seeded, so that each run writes the same bytes.

    python examples/_make_data.py

All people, customers and houses are drawn by chance. The files are dirty in the ways in which extracts are: blanks that
are no numbers, stray spaces, doubled rows, missing values, a typing error in a category.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
LETTERS = list("ABCDEFGHKLMNPQRSTUVWXYZ")


def telecom_customers(rows: int = 1800) -> pd.DataFrame:
    """Customers of a telecom company; TotalCharges is a blank for those in their first month."""
    rng = np.random.default_rng(2023)
    contract = rng.choice(["Month-to-month", "One year", "Two year"], rows, p=[0.55, 0.22, 0.23])
    tenure = np.where(contract == "Month-to-month", rng.gamma(1.4, 13, rows), rng.gamma(4.0, 11, rows))
    tenure = np.clip(tenure, 0, 72).astype(int)
    internet = rng.choice(["DSL", "Fiber optic", "No"], rows, p=[0.35, 0.44, 0.21])
    phone = rng.choice(["Yes", "No"], rows, p=[0.9, 0.1])

    def add_on(share: float) -> np.ndarray:
        chosen = np.where(rng.random(rows) < share, "Yes", "No")
        return np.where(internet == "No", "No internet service", chosen)

    security, support, streaming = add_on(0.37), add_on(0.38), add_on(0.49)
    monthly = (
        20
        + np.select([internet == "DSL", internet == "Fiber optic"], [25, 50], 0)
        + 5.5 * ((security == "Yes").astype(int) + (support == "Yes") + 1.8 * (streaming == "Yes"))
        + rng.normal(0, 3, rows)
    ).round(2)
    payment = rng.choice(
        ["Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)"],
        rows,
        p=[0.34, 0.23, 0.22, 0.21],
    )
    senior = (rng.random(rows) < 0.16).astype(int)
    logit = (
        -1.9
        + 1.5 * (contract == "Month-to-month")
        - 0.9 * (contract == "Two year")
        - 0.035 * tenure
        + 1.0 * (internet == "Fiber optic")
        - 0.6 * (support == "Yes")
        - 0.5 * (security == "Yes")
        + 0.5 * (payment == "Electronic check")
        + 0.3 * senior
        + 0.012 * (monthly - 65)
    )
    churn = np.where(rng.random(rows) < 1 / (1 + np.exp(-logit)), "Yes", "No")
    total = [" " if months == 0 else f"{fee * months + wobble:.2f}" for fee, months, wobble in zip(
        monthly, tenure, rng.normal(0, 4, rows).clip(-10, 10), strict=True)]  # fmt: skip
    table = pd.DataFrame(
        {
            "customerID": [f"{n:04d}-{''.join(rng.choice(LETTERS, 5))}" for n in rng.permutation(rows)],
            "gender": rng.choice(["Female", "Male"], rows),
            "SeniorCitizen": senior,
            "Partner": rng.choice(["Yes", "No"], rows, p=[0.48, 0.52]),
            "Dependents": rng.choice(["Yes", "No"], rows, p=[0.3, 0.7]),
            "tenure": tenure,
            "PhoneService": phone,
            "InternetService": internet,
            "OnlineSecurity": security,
            "TechSupport": support,
            "StreamingTV": streaming,
            "Contract": contract,
            "PaperlessBilling": rng.choice(["Yes", "No"], rows, p=[0.59, 0.41]),
            "PaymentMethod": payment,
            "MonthlyCharges": monthly,
            "TotalCharges": total,
            "Churn": churn,
        }
    )  # fmt: skip
    return pd.concat([table, table.sample(6, random_state=1)], ignore_index=True)


def house_sales(rows: int = 1300) -> pd.DataFrame:
    """Sold houses of one town."""
    rng = np.random.default_rng(7)
    names = [
        "Old Town",
        "Riverside",
        "North Hill",
        "Mill End",
        "Station",
        "Parkside",
        "Harbour",
        "Lakeview",
        "Quarry",
        "Abbey",
    ]
    share = np.array([0.21, 0.18, 0.16, 0.13, 0.12, 0.09, 0.07, 0.02, 0.012, 0.008])
    place = rng.choice(len(names), rows, p=share / share.sum())
    level = np.array([0.05, 0.1, 0.22, -0.12, -0.08, 0.18, 0.15, 0.4, -0.2, 0.3])[place]
    quality = np.clip(rng.normal(6, 1.4, rows).round(), 2, 10).astype(int)
    built = np.clip(rng.normal(1972, 27, rows), 1885, 2010).astype(int)
    living = np.clip(rng.lognormal(7.25, 0.33, rows), 500, 4300).astype(int)
    basement = np.where(rng.random(rows) < 0.03, 0, living * rng.uniform(0.4, 0.95, rows)).astype(int)
    cars = np.clip((living / 900 + rng.normal(0.2, 0.6, rows)).round(), 0, 4).astype(int)
    kitchen = rng.choice(["Ex", "Gd", "TA", "Fa"], rows, p=[0.07, 0.4, 0.5, 0.03])
    lot = np.clip(rng.lognormal(9.1, 0.4, rows), 1500, 60000).astype(int)
    price = np.exp(
        10.4
        + 0.45 * np.log(living / 1400)
        + 0.085 * quality
        + 0.0022 * (built - 1970)
        + 0.05 * cars
        + 0.06 * np.log(lot / 9000)
        + 0.9 * level
        + 0.06 * (kitchen == "Ex")
        + rng.normal(0, 0.11, rows)
        + 0.9
    )
    frontage = np.where(
        rng.random(rows) < 0.17, np.nan, np.clip(rng.normal(62 + 25 * level, 16, rows), 21, 180).round()
    )
    garage = np.where(
        cars == 0,
        None,
        rng.choice(["Attchd", "Detchd", "BuiltIn", "Basment", "CarPort"], rows, p=[0.6, 0.28, 0.08, 0.03, 0.01]),
    )
    table = pd.DataFrame(
        {
            "Id": np.arange(1, rows + 1),
            "Neighborhood": np.array(names)[place],
            "LotArea": lot,
            "LotFrontage": frontage,
            "OverallQual": quality,
            "YearBuilt": built,
            "YearRemod": np.maximum(built, rng.integers(1950, 2011, rows)),
            "GrLivArea": living,
            "TotalBsmtSF": basement,
            "FullBath": np.clip((living / 800).round(), 1, 3).astype(int),
            "Bedrooms": np.clip((living / 520 + rng.normal(0, 0.7, rows)).round(), 1, 6).astype(int),
            "KitchenQual": kitchen,
            "GarageType": garage,
            "GarageCars": cars,
            "Heating": rng.choice(["GasA", "GasW", "Floor", "Wall"], rows, p=[0.965, 0.02, 0.005, 0.01]),
            "SalePrice": (price / 100).round().astype(int) * 100,
        }
    )  # fmt: skip
    table.loc[table["GrLivArea"].nlargest(3).index[:2], "SalePrice"] = [98000, 105500]
    return table


def loan_applications(rows: int = 1900) -> pd.DataFrame:
    """Applications for consumer loans, with what became of them."""
    rng = np.random.default_rng(99)
    day = pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 730, rows), unit="D")
    income = np.clip(rng.lognormal(10.5, 0.5, rows), 9000, 400000).round(-2)
    amount = np.clip(rng.lognormal(9.1, 0.6, rows), 1000, 60000).round(-2)
    purpose = rng.choice(
        ["debt_consolidation", "car", "home_improvement", "medical", "wedding", "moving", "boat", "Car"],
        rows,
        p=[0.42, 0.2, 0.17, 0.08, 0.05, 0.045, 0.015, 0.02],
    )
    employment = rng.choice(
        ["employed", "self-employed", "retired", "student", None], rows, p=[0.6, 0.17, 0.11, 0.05, 0.07]
    )
    score = np.clip(rng.normal(640, 75, rows), 350, 850).round()
    history = rng.gamma(2.2, 1100, rows)
    logit = (
        -3.1
        + 0.45 * np.log(amount / income * 5 + 0.05)
        - 0.011 * (score - 640)
        + 0.9 * (employment == "student")
        + 0.5 * (purpose == "medical")
        - 0.00012 * history
        + 0.3 * (day.month == 12)
        + 0.8
    )
    defaulted = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    table = pd.DataFrame(
        {
            "application_id": rng.permutation(np.arange(500000, 500000 + rows)),
            "application_date": day.strftime("%Y-%m-%d"),
            "first_account": (day - pd.to_timedelta(history.astype(int), unit="D")).strftime("%d.%m.%Y"),
            "age": np.clip(rng.normal(41, 13, rows), 18, 84).astype(int),
            "employment": employment,
            "income": income,
            "loan_amount": amount,
            "term": rng.choice([" 36 months", " 60 months"], rows, p=[0.7, 0.3]),
            "purpose": purpose,
            "region": rng.choice(["North", "South", "East", "West", "Islands"], rows, p=[0.3, 0.27, 0.21, 0.19, 0.03]),
            "credit_score": np.where(rng.random(rows) < 0.06, np.nan, score),
            "n_open_loans": rng.poisson(1.3, rows),
            "defaulted": defaulted,
        }
    )  # fmt: skip
    table.loc[rng.choice(rows, 60, replace=False), "income"] = np.nan
    return table


def bike_rentals(days: int = 150) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Rentals per station in six hours of the day: a past with counts, two weeks without, and the stations."""
    rng = np.random.default_rng(5)
    stations = pd.DataFrame(
        {
            "station_id": [101, 102, 103, 107, 110, 112],
            "name": ["Central", "University", "Harbour", "Park North", "Stadium", "Old Market"],
            "docks": [38, 30, 24, 16, 20, 22],
            "zone": ["centre", "campus", "waterfront", "green", "green", "centre"],
            "elevation_m": [12, 31, 2, 44, 27, 14],
        }
    )
    times = pd.date_range("2024-03-01", periods=days, freq="D")
    hours = [6, 8, 12, 15, 17, 20]
    grid = pd.MultiIndex.from_product([times, hours, stations["station_id"]], names=["day", "hour", "station_id"])
    frame = grid.to_frame(index=False)
    frame = frame[rng.random(len(frame)) < 0.9].reset_index(drop=True)
    rows = len(frame)
    season = frame["day"].dt.day_of_year.to_numpy()
    temperature = 8 + 11 * np.sin((season - 60) / 365 * 2 * np.pi) + 0.35 * (frame["hour"] - 8) + rng.normal(0, 3, rows)
    weather = rng.choice(["clear", "cloudy", "rain", "storm"], rows, p=[0.5, 0.31, 0.17, 0.02])
    docks = frame["station_id"].map(stations.set_index("station_id")["docks"])
    peak = frame["hour"].map({6: 0.25, 8: 1.0, 12: 0.6, 15: 0.55, 17: 1.15, 20: 0.4})
    weekend = frame["day"].dt.day_of_week >= 5
    mean = docks * 0.55 * peak * np.where(weekend, 0.75, 1.0) * np.clip(0.5 + temperature / 22, 0.15, 1.8)
    mean = mean * pd.Series(weather).map({"clear": 1.1, "cloudy": 0.95, "rain": 0.5, "storm": 0.2})
    frame["datetime"] = (frame["day"] + pd.to_timedelta(frame["hour"], unit="h")).dt.strftime("%Y-%m-%d %H:%M:%S")
    frame["temp"] = temperature.round(1)
    frame["humidity"] = np.clip(rng.normal(62, 15, rows) + 18 * (weather == "rain"), 15, 100).round().astype(int)
    frame["windspeed"] = np.where(rng.random(rows) < 0.05, np.nan, rng.gamma(2.2, 5.5, rows).round(1))
    frame["weather"] = weather
    frame["holiday"] = (
        frame["day"].isin(pd.to_datetime(["2024-03-29", "2024-04-01", "2024-05-01", "2024-05-09"])).astype(int)
    )
    frame["count"] = rng.poisson(mean)
    past = frame["day"] < times[-14]
    columns = ["datetime", "station_id", "temp", "humidity", "windspeed", "weather", "holiday", "count"]
    train = frame.loc[past, columns]
    test = frame.loc[~past, columns[:-1]]
    return train, test, stations


def main() -> None:
    """Writes every file beside its notebook."""
    train, test, stations = bike_rentals()
    tables = {
        "churn/telco_customers.csv": telecom_customers(),
        "house_prices/house_sales.csv": house_sales(),
        "loan_default/loan_applications.csv": loan_applications(),
        "bike_demand/train.csv": train,
        "bike_demand/test.csv": test,
        "bike_demand/stations.csv": stations,
    }
    for name, table in tables.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        table.to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
