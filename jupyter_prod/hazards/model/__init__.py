"""Rules about models: leakage, evaluation, and what differs between training and serving."""
