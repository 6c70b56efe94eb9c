"""Rules about versions: of packages, models, notebooks."""
